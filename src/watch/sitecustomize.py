# Written by day30 watch, which shows beside each socket call the line of the program that makes it.


def _day30():
    import os
    import select
    import sys
    import threading
    from array import array
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    import _socket

    here = os.path.dirname(os.path.abspath(__file__))
    library = os.path.dirname(os.path.abspath(os.__file__))
    packages = (os.path.join(library, "site-packages"), os.path.join(library, "dist-packages"))
    readlink, path_of = os.readlink, os.path.abspath
    known, kinds, places, kept, mine = {}, {}, {}, [], threading.local()
    monitoring, frame_at = getattr(sys, "monitoring", None), sys._getframe
    descriptor, builtin, methods, names = type(str.upper), type(len), set(), {"select"}
    named_kinds = (descriptor, builtin, type(_day30), type)

    def own_path(name):
        # The path of a file that is the program's, and none of Python's own; else nothing.
        path = path_of(name)
        own = not name.startswith("<frozen") and (not path.startswith(library) or path.startswith(packages))
        known[name] = path = (name if name.startswith("<") else path) if own else ""
        return path

    def is_kind(kind):
        # Whether the methods of this kind of object are calls of sockets.
        if len(kinds) > 1000:
            kinds.clear()
        kinds[kind] = is_one = issubclass(kind, _socket.socket) or getattr(kind, "__module__", "") == "select"
        return is_one

    def place_of(path):
        # Where in memory the path stands.
        text = array("B", os.fsencode(path) + b"\0")
        kept.append(text)
        places[path] = place = text.buffer_info()[0]
        return place

    def slot_of_this_thread():
        # What day30 looks at when this thread makes a call: a number that grows, a path's place, and a line.
        slot = array("Q", (0, 0, 0))
        kept.append(slot)
        try:
            readlink("/day30-slot/%d" % slot.buffer_info()[0])
        except OSError:
            pass
        mine.slot = slot
        return slot

    def tell(frame):
        # Tells the program's own line, from this frame on outwards.
        path = ""
        while frame is not None:
            name = frame.f_code.co_filename
            path = known.get(name)
            if path is None:
                path = own_path(name)
            if path:
                break
            frame = frame.f_back
        if path:
            slot = getattr(mine, "slot", None) or slot_of_this_thread()
            slot[1] = places.get(path) or place_of(path)
            slot[2] = frame.f_lineno
            slot[0] += 1

    def profile(frame, event, function):
        # Python calls this for each call of any function: it has to be quick.
        if event != "c_call":
            return
        owner = getattr(function, "__self__", None)
        kind = type(owner)
        is_one = kinds.get(kind)
        if (is_kind(kind) if is_one is None else is_one) or owner is select:
            tell(frame)

    def monitor(code, offset, function, first):
        # The same from Python 3.12 on, where a place in the code that matters to nobody costs nothing once that was said.
        kind = type(function)
        if kind is descriptor:
            is_one = function in methods
        elif kind is builtin:
            owner = type(function.__self__)
            is_one = kinds.get(owner)
            is_one = (is_kind(owner) if is_one is None else is_one) or function.__self__ is select
        else:
            is_one = False
        if is_one:
            tell(frame_at(1))
        elif kind in named_kinds and function.__name__ in code.co_names and names.isdisjoint(code.co_names):
            # Called by its name, in code without the name of any call of sockets. Whatever stands in a variable can be another
            # function the next time.
            return monitoring.DISABLE

    def begin():
        try:
            # None of the numbers that are meant for debuggers and the like.
            monitoring.use_tool_id(4, "day30")
        except (AttributeError, ValueError):
            threading.setprofile(profile)
            sys.setprofile(profile)
            return
        for kind in (_socket.socket, select.epoll, type(select.poll())):
            methods.update(method for method in vars(kind).values() if type(method) is descriptor)
        names.update(method.__name__ for method in methods)
        monitoring.register_callback(4, monitoring.events.CALL, monitor)
        monitoring.set_events(4, monitoring.events.CALL)

    # This very folder is not the program's.
    sys.path[:] = [path for path in sys.path if path_of(path or ".") != here]
    found = PathFinder.find_spec("sitecustomize")  # the program's own, or the system's
    if found is not None and found.loader is not None:
        sys.modules["sitecustomize"] = module = module_from_spec(found)
        found.loader.exec_module(module)
    shown = sys.excepthook

    def excepthook(kind, error, trace):
        # Ctrl-C may come while a line is told: that is no part of what the program did.
        at = trace
        while at is not None and at.tb_next is not None:
            if at.tb_next.tb_frame.f_code in (profile.__code__, monitor.__code__):
                at.tb_next = None
            at = at.tb_next
        shown(kind, error, trace)

    sys.excepthook = excepthook
    if hasattr(os, "register_at_fork"):
        # The child is another thread to day30.
        os.register_at_fork(after_in_child=lambda: mine.__dict__.clear())
    begin()


_day30()
del _day30
