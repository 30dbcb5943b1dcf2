/* The functions of the library: linked in, or with TCSMS_GO_SHARED loaded while the program runs. */
#include "bridge.h"
#include <stdio.h>

/* Written in Go. */
extern void tcsmsGoDone(uintptr_t tag, int32_t status, uint8_t *p, size_t n);
extern void tcsmsGoLog(int32_t level, uint8_t *p, size_t n);

#ifdef TCSMS_GO_SHARED

#include <dlfcn.h>

#define EACH_FUNCTION(X)                                                                                               \
    X(abi_version) X(client_new) X(client_free) X(call) X(call_async) X(cancel) X(credential) X(stream_open) X(stream_next)          \
    X(stream_close) X(exchange_new) X(exchange_next) X(exchange_answer) X(exchange_failed) X(exchange_free) X(set_log) \
    X(buf_free)

#define DECLARE(name) __typeof__(&tcsms_##name) name;
static struct {
    EACH_FUNCTION(DECLARE)
} library;
#define LIB(name) library.name

int tcsms_go_load(const char *path, char *problem, size_t room) {
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        snprintf(problem, room, "%s", dlerror());
        return -1;
    }
#define FIND(name)                                                                \
    library.name = (__typeof__(&tcsms_##name))dlsym(handle, "tcsms_" #name);      \
    if (library.name == NULL) {                                                   \
        snprintf(problem, room, "%s has no function tcsms_" #name, path);         \
        return -1;                                                                \
    }
    EACH_FUNCTION(FIND)
    return 0;
}

#else

#define LIB(name) tcsms_##name

int tcsms_go_load(const char *path, char *problem, size_t room) {
    (void)path, (void)problem, (void)room;
    return 0;
}

#endif

static void done(void *ud, int32_t status, const uint8_t *p, size_t n) {
    tcsmsGoDone((uintptr_t)ud, status, (uint8_t *)p, n);
}

static void log_line(void *ud, int32_t level, const uint8_t *p, size_t n) {
    (void)ud;
    tcsmsGoLog(level, (uint8_t *)p, n);
}

uint32_t tcsms_go_abi_version(void) { return LIB(abi_version)(); }

int32_t tcsms_go_client_new(const uint8_t *cfg, size_t n, tcsms_client **out, tcsms_buf *err) {
    return LIB(client_new)(cfg, n, out, err);
}

void tcsms_go_client_free(tcsms_client *client) { LIB(client_free)(client); }

int32_t tcsms_go_call(const tcsms_client *client, const uint8_t *meta, size_t mn, const uint8_t *body, size_t bn,
                      uint32_t timeout_ms, tcsms_buf *out) {
    return LIB(call)(client, meta, mn, body, bn, timeout_ms, out);
}

int32_t tcsms_go_call_async(const tcsms_client *client, const uint8_t *meta, size_t mn, const uint8_t *body, size_t bn,
                            uint32_t timeout_ms, uintptr_t tag, uint64_t *op_id) {
    return LIB(call_async)(client, meta, mn, body, bn, timeout_ms, done, (void *)tag, op_id);
}

int32_t tcsms_go_cancel(const tcsms_client *client, uint64_t op_id) { return LIB(cancel)(client, op_id); }

int32_t tcsms_go_credential(const tcsms_client *client, uint32_t timeout_ms, tcsms_buf *out) {
    return LIB(credential)(client, timeout_ms, out);
}

int32_t tcsms_go_stream_open(const tcsms_client *client, const uint8_t *meta, size_t mn, const uint8_t *body, size_t bn,
                             tcsms_stream **out, tcsms_buf *err) {
    return LIB(stream_open)(client, meta, mn, body, bn, out, err);
}

int32_t tcsms_go_stream_next(tcsms_stream *stream, uint32_t wait_ms, tcsms_buf *out) {
    return LIB(stream_next)(stream, wait_ms, out);
}

void tcsms_go_stream_close(tcsms_stream *stream) { LIB(stream_close)(stream); }

int32_t tcsms_go_exchange_new(const tcsms_client *client, const uint8_t *meta, size_t mn, const uint8_t *body, size_t bn,
                              tcsms_exchange **out, tcsms_buf *err) {
    return LIB(exchange_new)(client, meta, mn, body, bn, out, err);
}

int32_t tcsms_go_exchange_next(tcsms_exchange *exchange, tcsms_buf *step) { return LIB(exchange_next)(exchange, step); }

int32_t tcsms_go_exchange_answer(tcsms_exchange *exchange, int32_t http_status, const uint8_t *headers, size_t hn,
                                 const uint8_t *body, size_t bn) {
    return LIB(exchange_answer)(exchange, http_status, headers, hn, body, bn);
}

int32_t tcsms_go_exchange_failed(tcsms_exchange *exchange, int32_t step, int32_t maybe_sent, const uint8_t *text, size_t n) {
    return LIB(exchange_failed)(exchange, step, maybe_sent, text, n);
}

void tcsms_go_exchange_free(tcsms_exchange *exchange) { LIB(exchange_free)(exchange); }

int32_t tcsms_go_set_log(int32_t level) { return LIB(set_log)(level == 0 ? NULL : log_line, NULL, level); }

void tcsms_go_buf_free(tcsms_buf *buf) { LIB(buf_free)(buf); }
