/* What both modules share: the limits of the format, and the few functions that stand for a C library. */
#define MAX_CHUNK 4190208
#define MAX_BLOB (1 << 22)
#define MAX_WINDOW (1 << 22)
#define EXPORT(name) __attribute__((export_name(name)))

void *memcpy(void *to, const void *from, size_t length) { return __builtin_memcpy(to, from, length); }
void *memmove(void *to, const void *from, size_t length) { return __builtin_memmove(to, from, length); }
void *memset(void *to, int byte, size_t length) { return __builtin_memset(to, byte, length); }

/* Contexts live in a workspace; whatever would allocate fails. */
void *malloc(size_t size) { return (void)size, NULL; }
void *calloc(size_t count, size_t size) { return (void)count, (void)size, NULL; }
void free(void *at) { (void)at; }
