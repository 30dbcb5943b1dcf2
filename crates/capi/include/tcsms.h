/*
 * tcsms: the Tencent Cloud SMS SDK behind a C interface.
 *
 * Texts and bytes are given as a pointer and a length; nothing is NUL-terminated, texts are UTF-8, and a null pointer
 * with the length 0 is an empty text. Pointers stay the caller's, and have to be good only until the function returns.
 * A tcsms_buf is filled by the library, whatever it held before, and given back with tcsms_buf_free. A handle comes from
 * one function and is freed once, by the function that belongs to it. All functions may be called from any thread.
 *
 * What a configuration and a call may say is described in the documentation of the package tcsms-bridge.
 */

#ifndef TCSMS_H
#define TCSMS_H

#include <stddef.h>
#include <stdint.h>

/*
 The number of this interface; it changes when a program built for the one before would go wrong.
 */
#define TCSMS_ABI_VERSION 1

/*
 The call succeeded; the bytes are the answer.
 */
#define TCSMS_OK 0

/*
 The service answered with an error. For this and every status below 0 the bytes are the error as JSON.
 */
#define TCSMS_SERVICE_ERROR 1

/*
 A fault in the library.
 */
#define TCSMS_PANIC -1

/*
 The way to the service failed, or what came back is no answer of the API.
 */
#define TCSMS_IO -2

/*
 The settings or the call cannot be used, or a pointer that is needed is null.
 */
#define TCSMS_BAD_ARGUMENT -3

/*
 A time limit passed.
 */
#define TCSMS_TIMEOUT -4

/*
 The call was broken off by `tcsms_cancel`.
 */
#define TCSMS_CANCELLED -5

/*
 `tcsms_shutdown` was called.
 */
#define TCSMS_SHUT_DOWN -6

/*
 After a fork the client could not be made anew.
 */
#define TCSMS_FORK_STALE -7

/*
 No log lines.
 */
#define TCSMS_LEVEL_OFF 0

/*
 Errors.
 */
#define TCSMS_LEVEL_ERROR 1

/*
 Warnings too.
 */
#define TCSMS_LEVEL_WARN 2

/*
 What happens too.
 */
#define TCSMS_LEVEL_INFO 3

/*
 Each attempt too.
 */
#define TCSMS_LEVEL_DEBUG 4

/*
 Requests and answers too, with secrets and phone numbers masked.
 */
#define TCSMS_LEVEL_TRACE 5

/*
 Looking up the host's addresses.
 */
#define TCSMS_STEP_RESOLVE 0

/*
 Opening the connection.
 */
#define TCSMS_STEP_CONNECT 1

/*
 Having the proxy open the way.
 */
#define TCSMS_STEP_PROXY 2

/*
 The TLS handshake.
 */
#define TCSMS_STEP_TLS 3

/*
 Writing the request.
 */
#define TCSMS_STEP_WRITE 4

/*
 Waiting for the answer.
 */
#define TCSMS_STEP_WAIT 5

/*
 Reading the answer.
 */
#define TCSMS_STEP_READ 6

/*
 Added to one of the above: a time limit of the host's passed.
 */
#define TCSMS_STEP_TIMED_OUT 16

/*
 Makes calls with one set of settings, see `tcsms_client_new`.
 */
typedef struct tcsms_client tcsms_client;

/*
 Collects the outcomes of calls, see `tcsms_cq_new`.
 */
typedef struct tcsms_cq tcsms_cq;

/*
 A call whose requests the host carries, see `tcsms_exchange_new`.
 */
typedef struct tcsms_exchange tcsms_exchange;

/*
 Server-sent events, see `tcsms_stream_open`.
 */
typedef struct tcsms_stream tcsms_stream;

/*
 Bytes that the library owns until they are given back with `tcsms_buf_free`, once. Empty ones have no memory.
 */
typedef struct {
  /*
   The first byte, or null.
   */
  uint8_t *ptr;
  /*
   How many bytes there are.
   */
  size_t len;
  /*
   How many the memory has room for.
   */
  size_t cap;
} tcsms_buf;

/*
 Takes an outcome, or a log line. `p` is borrowed: its `n` bytes are gone when the function returns. It must not throw
 or unwind.
 */
typedef void (*tcsms_cb)(void *ud, int32_t status, const uint8_t *p, size_t n);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 The number of the interface that this library has. A program that was built for another must not use it.
 */
uint32_t tcsms_abi_version(void);

/*
 Makes a client of settings: `n` bytes of JSON, with no needed member. Gives 0 and the client in `out`, to be freed
 with `tcsms_client_free`; or `TCSMS_BAD_ARGUMENT` and the error in `err`. Nothing is sent.
 */
int32_t tcsms_client_new(const uint8_t *cfg,
                         size_t n,
                         tcsms_client **out,
                         tcsms_buf *err);

/*
 As `tcsms_client_new`, but the same settings in the same environment give the one client of this process, and the last
 16 of these stay open when nobody holds them: for hosts that forget everything between two requests. Each is freed
 with `tcsms_client_free` by whom it was given.
 */
int32_t tcsms_client_shared(const uint8_t *cfg,
                            size_t n,
                            tcsms_client **out,
                            tcsms_buf *err);

/*
 Frees a client, or nothing if it is null. Calls under way go on to their end.
 */
void tcsms_client_free(tcsms_client *client);

/*
 Makes a call on this thread and waits for it. `meta` is JSON: `version` and `action`, and what else concerns this call;
 `body` has its parameters as a JSON object. `timeout_ms` is the time for the call with all its attempts; 0: the
 client's own. `out` gets the answer or the error, and has to be freed in either case.
 */
int32_t tcsms_call(const tcsms_client *client,
                   const uint8_t *meta,
                   size_t mn,
                   const uint8_t *body,
                   size_t bn,
                   uint32_t timeout_ms,
                   tcsms_buf *out);

/*
 Has a call made by the library's own thread. Gives 0, and then calls `cb` with `ud` exactly once, on that thread,
 perhaps before this function returns; what is wrong with the call itself is told that way too. Any other status says
 that the call was not begun and `cb` is never called. `op_id` may be null; it gets the number for `tcsms_cancel`: the
 `cancel_id` of `meta`, or a new one.
 */
int32_t tcsms_call_async(const tcsms_client *client,
                         const uint8_t *meta,
                         size_t mn,
                         const uint8_t *body,
                         size_t bn,
                         uint32_t timeout_ms,
                         tcsms_cb cb,
                         void *ud,
                         uint64_t *op_id);

/*
 Tells a call to end: by the `cancel_id` of its `meta`, or else by the number that `tcsms_call_async` gave.
 The call then ends with `TCSMS_CANCELLED`, unless it ends by itself first. Gives 0, or `TCSMS_BAD_ARGUMENT` when there
 is no such call (any more).
 */
int32_t tcsms_cancel(const tcsms_client *client,
                     uint64_t op_id);

/*
 What the client would sign a call with now: `{"secret_id","secret_key","token"}` in `out`, fetched where that is due,
 within `timeout_ms` (0: the client's own total time); or a status and the error.
 */
int32_t tcsms_credential(const tcsms_client *client,
                         uint32_t timeout_ms,
                         tcsms_buf *out);

/*
 Makes a completion queue, for hosts that cannot be called on another thread. Gives 0, or `TCSMS_IO` when the system
 has no descriptor left.
 */
int32_t tcsms_cq_new(tcsms_cq **out);

/*
 Frees a queue, or nothing if it is null. Outcomes that wait or still come are lost.
 */
void tcsms_cq_free(tcsms_cq *cq);

/*
 A descriptor that is readable while an outcome waits, for `select` and its like; -1 where there is none. It stays the
 queue's: it must be neither read nor closed.
 */
int32_t tcsms_cq_fd(const tcsms_cq *cq);

/*
 As `tcsms_call_async`, but the outcome goes into the queue, under `tag`.
 */
int32_t tcsms_submit(const tcsms_client *client,
                     tcsms_cq *cq,
                     uint64_t tag,
                     const uint8_t *meta,
                     size_t mn,
                     const uint8_t *body,
                     size_t bn,
                     uint32_t timeout_ms);

/*
 Takes the outcome that came first, waiting at most `wait_ms` for one: gives 1 and the call's tag, status and bytes, or
 0 when none came. Each of the three may be null.
 */
int32_t tcsms_cq_next(tcsms_cq *cq,
                      uint32_t wait_ms,
                      uint64_t *tag,
                      int32_t *status,
                      tcsms_buf *out);

/*
 Makes the call of an action that answers with server-sent events, and waits until they begin. Gives 0 and the stream in
 `out`, to be closed with `tcsms_stream_close`; or 0, null in `out`, and in `err` the answer of an action that does not
 stream; or another status and the error in `err`.
 */
int32_t tcsms_stream_open(const tcsms_client *client,
                          const uint8_t *meta,
                          size_t mn,
                          const uint8_t *body,
                          size_t bn,
                          tcsms_stream **out,
                          tcsms_buf *err);

/*
 Waits at most `wait_ms` (0xFFFFFFFF: as long as it takes) for the next event: gives 1 and the event as JSON
 `{"id","event","data","retry_ms"}`; 0 when none came yet; 2 when the service has ended the stream; or a status below 0
 and the error, after which nothing more comes. A stream is for one thread at a time.
 */
int32_t tcsms_stream_next(tcsms_stream *stream,
                          uint32_t wait_ms,
                          tcsms_buf *out);

/*
 Closes a stream and its connection, or nothing if it is null.
 */
void tcsms_stream_close(tcsms_stream *stream);

/*
 Prepares a call whose requests the host's own HTTP client carries; the client's settings have `foreign_transport`.
 Gives 0 and the exchange in `out`, to be freed with `tcsms_exchange_free`; or another status and the error in `err`.
 */
int32_t tcsms_exchange_new(const tcsms_client *client,
                           const uint8_t *meta,
                           size_t mn,
                           const uint8_t *body,
                           size_t bn,
                           tcsms_exchange **out,
                           tcsms_buf *err);

/*
 Says what to do next: one line of JSON, and what belongs to it behind the line's end. `{"send":{"method","url",
 "headers":[[name,value],…],"limit_ms"}}` and the body of a request, to be carried once and unchanged;
 `{"wait_ms":N}`, to be asked again after that time; `{"done":STATUS}` and the answer or the error. Asking again
 without having reported what came of a request abandons it. Gives 0. An exchange is for one thread at a time.
 */
int32_t tcsms_exchange_next(tcsms_exchange *exchange,
                            tcsms_buf *step);

/*
 Reports the answer to the request: its HTTP status, its headers as a JSON array of pairs (or nothing), its body
 without any compression. Gives 0, or `TCSMS_BAD_ARGUMENT` when it cannot be taken.
 */
int32_t tcsms_exchange_answer(tcsms_exchange *exchange,
                              int32_t http_status,
                              const uint8_t *headers,
                              size_t hn,
                              const uint8_t *body,
                              size_t bn);

/*
 Reports that no answer came: at which step it failed (`TCSMS_STEP_…`), and in `maybe_sent` whether any of the request
 may have left (0: certainly not). `text` becomes part of the call's error. Gives 0, or `TCSMS_BAD_ARGUMENT`.
 */
int32_t tcsms_exchange_failed(tcsms_exchange *exchange,
                              int32_t step,
                              int32_t maybe_sent,
                              const uint8_t *text,
                              size_t n);

/*
 Frees an exchange, or nothing if it is null.
 */
void tcsms_exchange_free(tcsms_exchange *exchange);

/*
 Hands the log lines up to this level (`TCSMS_LEVEL_…`) to `cb`, with the line's level as status; a null `cb` or level 0
 ends it. It may be called on any thread, by several at once, and once more after it was replaced. Gives 0.
 */
int32_t tcsms_set_log(tcsms_cb cb,
                      void *ud,
                      int32_t level);

/*
 Gives the bytes of a buffer back and empties it. Null and an empty buffer are nothing to free.
 */
void tcsms_buf_free(tcsms_buf *buf);

/*
 Ends the library's thread, waiting at most `wait_ms` for it: calls under way end with `TCSMS_SHUT_DOWN`, later ones are
 refused with it. For hosts that cannot end while a thread lives that has called them, and before the library is
 unloaded. Gives 0, or `TCSMS_TIMEOUT` when the thread has not ended.
 */
int32_t tcsms_shutdown(uint32_t wait_ms);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* TCSMS_H */
