//! Admission control: how many clients are there, who may still come in, and who has to leave for that.

use super::limits::Limits;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a newcomer waits for the place of a client that was told to leave.
const LEAVING_TIME: Duration = Duration::from_secs(1);

/// Counts the clients of one server.
#[derive(Debug, Default)]
pub(super) struct Room {
    inside: Mutex<Inside>,
    somebody_left: Condvar,
}

#[derive(Debug, Default)]
struct Inside {
    all: usize,
    /// Those that may be evicted, the oldest first.
    evictable: VecDeque<(u64, IpAddr)>,
    /// How many of them each address has, where that is bounded.
    by_address: HashMap<IpAddr, usize>,
    somebody_waits: bool,
}

/// What comes of asking for a place.
#[derive(Debug)]
pub(super) enum Entry {
    /// A place.
    Slot(Slot),
    /// There will be one as soon as the client with this number is closed: see [`Room::enter_after`].
    After(u64),
    /// There is none.
    Full,
}

/// A client's place: given back when it is dropped, whatever happens before.
#[derive(Debug)]
pub(super) struct Slot {
    room: Arc<Room>,
    id: u64,
    evictable: bool,
}

impl Room {
    /// Takes a place for the client with this number, which may be evicted until its slot is [kept](Slot::keep). Each
    /// number is higher than the one before.
    pub(super) fn enter(self: &Arc<Self>, id: u64, address: IpAddr, limits: &Limits) -> Entry {
        let mut inside = self.lock();
        let of_address = inside.by_address.get(&address).copied().unwrap_or_default();
        let oldest = if limits.max_evictable_per_address.is_some_and(|most| of_address >= most) {
            inside.evictable.iter().find(|(_, other)| *other == address)
        } else if inside.all >= limits.max_clients || inside.evictable.len() >= limits.max_evictable {
            inside.evictable.front()
        } else {
            return self.take_place(&mut inside, id, address, limits).map_or(Entry::Full, Entry::Slot);
        };
        let Some((oldest, _)) = oldest.copied() else { return Entry::Full };
        inside.forget(oldest);
        Entry::After(oldest)
    }

    /// Takes the place of a client that is being evicted, as soon as that has left it.
    pub(super) fn enter_after(self: &Arc<Self>, id: u64, address: IpAddr, limits: &Limits) -> Option<Slot> {
        let (inside, is_over) = self.wait_while(LEAVING_TIME, |inside| inside.all >= limits.max_clients);
        let mut inside = inside;
        if is_over { None } else { self.take_place(&mut inside, id, address, limits) }
    }

    /// Without memory for it, there is no place.
    fn take_place(self: &Arc<Self>, inside: &mut Inside, id: u64, address: IpAddr, limits: &Limits) -> Option<Slot> {
        inside.evictable.try_reserve(1).ok()?;
        if limits.max_evictable_per_address.is_some() {
            inside.by_address.try_reserve(1).ok()?;
            *inside.by_address.entry(address).or_default() += 1;
        }
        inside.evictable.push_back((id, address));
        inside.all += 1;
        Some(Slot { room: Arc::clone(self), id, evictable: true })
    }

    /// Waits until nobody is inside, or until `patience` is over; gives how many are left.
    pub(super) fn wait_until_empty(&self, patience: Duration) -> usize {
        self.wait_while(patience, |inside| inside.all > 0).0.all
    }

    fn wait_while(&self, patience: Duration, is_so: impl Fn(&Inside) -> bool) -> (MutexGuard<'_, Inside>, bool) {
        let mut inside = self.lock();
        if !is_so(&inside) {
            return (inside, false);
        }
        inside.somebody_waits = true;
        let waited = self.somebody_left.wait_timeout_while(inside, patience, |inside| is_so(inside));
        let (mut inside, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        inside.somebody_waits = false;
        (inside, waited.timed_out())
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// This client is none that may be evicted, or not any more.
    fn forget(&mut self, id: u64) {
        let Ok(place) = self.evictable.binary_search_by_key(&id, |(id, _)| *id) else { return };
        let Some((_, address)) = self.evictable.remove(place) else { return };
        if let Some(held) = self.by_address.get_mut(&address) {
            *held -= 1;
            if *held == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

impl Slot {
    /// The client has shown what it was to show: it is not evicted any more.
    pub(super) fn keep(&mut self) {
        if std::mem::take(&mut self.evictable) {
            self.room.lock().forget(self.id);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.keep();
        let mut inside = self.room.lock();
        inside.all -= 1;
        let somebody_waits = inside.somebody_waits;
        drop(inside);
        if somebody_waits {
            self.room.somebody_left.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 1));
    const TWO: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));

    fn slot(entry: Entry) -> Slot {
        match entry {
            Entry::Slot(slot) => slot,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_oldest_leaves_that_has_shown_nothing() {
        let (room, limits) = (Arc::new(Room::default()), Limits { max_clients: 3, ..Limits::default() });
        let mut slots: Vec<_> = (1..=3).map(|id| slot(room.enter(id, ONE, &limits))).collect();
        slots[0].keep();
        assert!(matches!(room.enter(4, TWO, &limits), Entry::After(2)));
        drop(slots.remove(1));
        slots.push(room.enter_after(4, TWO, &limits).unwrap());
        slots.iter_mut().for_each(Slot::keep);
        assert!(matches!(room.enter(5, TWO, &limits), Entry::Full));
        drop(slots);
        assert_eq!(room.wait_until_empty(Duration::ZERO), 0);
    }

    #[test]
    fn an_address_with_too_many_pays_for_itself() {
        let limits = Limits { max_clients: 10, max_evictable_per_address: Some(2), ..Limits::default() };
        let room = Arc::new(Room::default());
        let others = slot(room.enter(1, TWO, &limits));
        let crowd: Vec<_> = (2..=3).map(|id| slot(room.enter(id, ONE, &limits))).collect();
        assert!(matches!(room.enter(4, ONE, &limits), Entry::After(2)));
        let newcomer = slot(room.enter(5, TWO, &limits));
        drop((others, crowd, newcomer));
        let inside = room.lock();
        assert!(inside.evictable.is_empty() && inside.by_address.is_empty());
    }

    #[test]
    fn a_place_that_is_not_left_is_not_waited_for_for_ever() {
        let (room, limits) = (Arc::new(Room::default()), Limits { max_clients: 1, ..Limits::default() });
        let _stays = slot(room.enter(1, ONE, &limits));
        assert!(matches!(room.enter(2, ONE, &limits), Entry::After(1)));
        assert!(room.enter_after(2, ONE, &limits).is_none());
    }
}
