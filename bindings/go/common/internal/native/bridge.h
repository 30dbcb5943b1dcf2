/* What Go calls: the functions of the library, directly or through a table that is filled when it is loaded. */
#ifndef TCSMS_GO_BRIDGE_H
#define TCSMS_GO_BRIDGE_H

#include <tcsms.h>

/* Readies the library; 0, or a text in `problem` of at most `room` bytes. `path` is used only where it is loaded. */
int tcsms_go_load(const char *path, char *problem, size_t room);

uint32_t tcsms_go_abi_version(void);
int32_t tcsms_go_client_new(const uint8_t *cfg, size_t n, tcsms_client **out, tcsms_buf *err);
void tcsms_go_client_free(tcsms_client *client);
int32_t tcsms_go_call(const tcsms_client *client, const uint8_t *meta, size_t mn, const uint8_t *body, size_t bn,
                      uint32_t timeout_ms, tcsms_buf *out);
/* The completion goes to tcsmsGoDone with `tag`. */
int32_t tcsms_go_call_async(const tcsms_client *client, const uint8_t *meta, size_t mn, const uint8_t *body, size_t bn,
                            uint32_t timeout_ms, uintptr_t tag, uint64_t *op_id);
int32_t tcsms_go_cancel(const tcsms_client *client, uint64_t op_id);
int32_t tcsms_go_credential(const tcsms_client *client, uint32_t timeout_ms, tcsms_buf *out);
int32_t tcsms_go_stream_open(const tcsms_client *client, const uint8_t *meta, size_t mn, const uint8_t *body, size_t bn,
                             tcsms_stream **out, tcsms_buf *err);
int32_t tcsms_go_stream_next(tcsms_stream *stream, uint32_t wait_ms, tcsms_buf *out);
void tcsms_go_stream_close(tcsms_stream *stream);
int32_t tcsms_go_exchange_new(const tcsms_client *client, const uint8_t *meta, size_t mn, const uint8_t *body, size_t bn,
                              tcsms_exchange **out, tcsms_buf *err);
int32_t tcsms_go_exchange_next(tcsms_exchange *exchange, tcsms_buf *step);
int32_t tcsms_go_exchange_answer(tcsms_exchange *exchange, int32_t http_status, const uint8_t *headers, size_t hn,
                                 const uint8_t *body, size_t bn);
int32_t tcsms_go_exchange_failed(tcsms_exchange *exchange, int32_t step, int32_t maybe_sent, const uint8_t *text, size_t n);
void tcsms_go_exchange_free(tcsms_exchange *exchange);
/* Lines go to tcsmsGoLog. */
int32_t tcsms_go_set_log(int32_t level);
void tcsms_go_buf_free(tcsms_buf *buf);

#endif
