/* What needs a console, without a screen: wine gives one to a process that is started without a window.
 *
 *   console.exe ctrl-c FILE COMMAND...     waits for "listening" in FILE, where the command's output goes, presses Ctrl-C; its exit code
 *   console.exe screen CODEPAGE COMMAND... runs the command on a console with this code page (as after chcp), and prints that console
 */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

#define PATIENCE 60000

static BOOL WINAPI go_on(DWORD event) { return event == CTRL_C_EVENT; }

/* The words from this one on, in quotes where they have blanks. */
static void join(wchar_t *line, size_t size, wchar_t **words) {
    line[0] = 0;
    for (; *words; words++) {
        size_t length = wcslen(line);
        swprintf(line + length, size - length, wcschr(*words, L' ') ? L"\"%ls\" " : L"%ls ", *words);
    }
}

static HANDLE start(wchar_t **words, HANDLE in, HANDLE out, DWORD flags) {
    static wchar_t line[16384];
    STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION process;
    startup.hStdInput = in;
    startup.hStdOutput = startup.hStdError = out;
    join(line, sizeof line / sizeof *line, words);
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, flags, NULL, NULL, &startup, &process)) {
        fwprintf(stderr, L"cannot start: error %lu\n", GetLastError());
        ExitProcess(98);
    }
    return process.hProcess;
}

static int finish(HANDLE process) {
    DWORD code = 97;
    if (WaitForSingleObject(process, PATIENCE) != WAIT_OBJECT_0) TerminateProcess(process, 99);
    WaitForSingleObject(process, PATIENCE);
    GetExitCodeProcess(process, &code);
    return (int)code;
}

static BOOL listens(HANDLE file) {
    static char text[65536];
    DWORD count = 0;
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    if (!ReadFile(file, text, sizeof text - 1, &count, NULL)) return FALSE;
    text[count] = 0;
    return strstr(text, "listening") != NULL;
}

static int press_ctrl_c(wchar_t **words) {
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    HANDLE out = CreateFileW(words[0], GENERIC_WRITE, share, &inherited, CREATE_ALWAYS, 0, NULL);
    HANDLE in = CreateFileW(words[0], GENERIC_READ, share, NULL, OPEN_EXISTING, 0, NULL);
    SetConsoleCtrlHandler(go_on, TRUE);
    HANDLE process = start(words + 1, NULL, out, 0);
    for (int waited = 0; !listens(in) && waited < PATIENCE; waited += 50) Sleep(50);
    if (!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0)) return 96;
    return finish(process);
}

static int show_screen(wchar_t **words) {
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE, count = 0;
    HANDLE screen = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, share, &inherited, OPEN_EXISTING, 0, NULL);
    CONSOLE_SCREEN_BUFFER_INFO info;
    wchar_t row[512];
    UINT page = (UINT)wcstoul(words[0], NULL, 10);
    if (screen == INVALID_HANDLE_VALUE || !SetConsoleCP(page) || !SetConsoleOutputCP(page)) return 95;
    int code = finish(start(words + 1, NULL, screen, 0));
    if (!GetConsoleScreenBufferInfo(screen, &info)) return 94;
    for (SHORT y = 0; y <= info.dwCursorPosition.Y; y++) {
        char text[2048];
        COORD place = {0, y};
        DWORD width = (DWORD)info.dwSize.X < 512 ? (DWORD)info.dwSize.X : 512;
        if (!ReadConsoleOutputCharacterW(screen, row, width, place, &count)) return 93;
        int length = WideCharToMultiByte(CP_UTF8, 0, row, (int)count, text, sizeof text, NULL, NULL);
        fwrite(text, 1, (size_t)length, stdout);
        fputc('\n', stdout);
    }
    return code;
}

int wmain(int count, wchar_t **words) {
    if (count < 4) return 2;
    if (!wcscmp(words[1], L"inner")) return wcscmp(words[2], L"ctrl-c") ? show_screen(words + 3) : press_ctrl_c(words + 3);
    wchar_t *inner[64] = {words[0], L"inner"};
    for (int place = 1; place < count && place < 62; place++) inner[place + 1] = words[place];
    return finish(start(inner, GetStdHandle(STD_INPUT_HANDLE), GetStdHandle(STD_OUTPUT_HANDLE), CREATE_NO_WINDOW));
}
