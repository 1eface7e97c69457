// What Debian's libstdc++ and libgcc want of glibc and musl does not have, as far as Bun needs it.
// Only to try binaries for musl on a system with glibc.

#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded = 0;
char __cpu_model[64];

int __cpu_indicator_init(void) { return 0; }
int __cxa_thread_atexit_impl(void (*function)(void*), void* object, void* library) { return 0; }
int _dl_find_object(void* address, void* result) { return -1; }
unsigned long __getauxval(unsigned long type) { return getauxval(type); }

uint32_t arc4random(void) {
  uint32_t number = 0;
  getrandom(&number, sizeof(number), 0);
  return number;
}

size_t __strftime_l(char* to, size_t room, const char* format, const struct tm* time, void* locale) {
  return strftime(to, room, format, time);
}
