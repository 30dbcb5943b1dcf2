/* What is null, wrong or no text is a status and an error, never a crash. Nothing here goes to a server. */
#include "support.h"

static void never(void *ud, int32_t status, const uint8_t *p, size_t n)
{
    (void)ud, (void)status, (void)p, (void)n;
    CHECK(!"a callback of a call that was not begun");
}

static void config_is_refused(const char *config, size_t count, const char *part)
{
    tcsms_client *client = (tcsms_client *)1;
    tcsms_buf error;
    CHECK(tcsms_client_new((const uint8_t *)config, count, &client, &error) == TCSMS_BAD_ARGUMENT);
    CHECK(client == NULL && holds(error.ptr, error.len, part) && holds(error.ptr, error.len, "\"not_sent\""));
    tcsms_buf_free(&error);
    CHECK(error.ptr == NULL && error.len == 0 && error.cap == 0);
    tcsms_buf_free(&error);
}

static int lines;

static void count_lines(void *ud, int32_t status, const uint8_t *p, size_t n)
{
    CHECK(ud == &lines && status >= TCSMS_LEVEL_ERROR && status <= TCSMS_LEVEL_TRACE && n);
    CHECK(!holds(p, n, "SKEXAMPLE"));
    lines += holds(p, n, "tcsms::wire");
}

int main(void)
{
    CHECK(tcsms_abi_version() == TCSMS_ABI_VERSION);
    tcsms_buf_free(NULL);
    tcsms_client_free(NULL);
    tcsms_cq_free(NULL);
    tcsms_stream_close(NULL);
    tcsms_exchange_free(NULL);
    CHECK(tcsms_cq_fd(NULL) == -1 && tcsms_cancel(NULL, 1) == TCSMS_BAD_ARGUMENT);

    config_is_refused("{\"no_such_setting\":1}", 21, "no_such_setting");
    config_is_refused("{", 1, "settings");
    config_is_refused(NULL, 0, "settings");
    config_is_refused("{\"region\":\"\xff\"}", 13, "settings");
    config_is_refused("{\"secret_id\":\"a\",\"secret_key\":\"k \"}", 35, "blank");
    config_is_refused("{\"secret_id\":\"a\",\"secret_key\":\"k\",\"endpoint\":\"http://example.com\"}", 66, "plain http");
    CHECK(tcsms_client_new(TEXT("{}"), NULL, NULL) == TCSMS_BAD_ARGUMENT);

    tcsms_client *client = client_to("http://127.0.0.1:1");
    tcsms_buf out;
    CHECK(tcsms_call(NULL, TEXT(META), TEXT("{}"), 0, &out) == TCSMS_BAD_ARGUMENT);
    CHECK(holds(out.ptr, out.len, "client"));
    tcsms_buf_free(&out);
    CHECK(tcsms_call(client, TEXT(META), TEXT("{}"), 1000, NULL) == TCSMS_IO);
    CHECK(lines == 0);
    CHECK(tcsms_set_log(count_lines, &lines, TCSMS_LEVEL_TRACE) == TCSMS_OK);
    CHECK(tcsms_call(client, TEXT(META), TEXT("{}"), 1000, NULL) == TCSMS_IO && lines > 0);
    CHECK(tcsms_set_log(NULL, NULL, TCSMS_LEVEL_OFF) == TCSMS_OK);
    lines = 0;
    CHECK(tcsms_call(client, TEXT(META), TEXT("{}"), 1000, NULL) == TCSMS_IO && lines == 0);
    static const char *const metas[] = {"", "[]", "{}", "{\"version\":\"2021-01-11\"}", "{\"version\":1,\"action\":\"A\"}",
                                        "{\"version\":\"v\",\"action\":\"A\",\"surplus\":1}",
                                        "{\"version\":\"v\",\"action\":\"A\",\"language\":\"x\"}",
                                        "{\"version\":\"v\",\"action\":\"A\\n\"}"};
    for (size_t at = 0; at < sizeof metas / sizeof *metas; at++) {
        CHECK(tcsms_call(client, TEXT(metas[at]), TEXT("{}"), 0, &out) == TCSMS_BAD_ARGUMENT);
        CHECK(holds(out.ptr, out.len, "\"not_sent\""));
        tcsms_buf_free(&out);
    }
    CHECK(tcsms_call(client, TEXT(META), (const uint8_t *)"{\"A\":\"\xc3\"}", 9, 0, &out) == TCSMS_BAD_ARGUMENT);
    CHECK(holds(out.ptr, out.len, "UTF-8 at byte 6"));
    tcsms_buf_free(&out);
    CHECK(tcsms_call(client, TEXT(META), NULL, 0, 0, &out) == TCSMS_BAD_ARGUMENT);
    tcsms_buf_free(&out);

    CHECK(tcsms_call_async(NULL, TEXT(META), TEXT("{}"), 0, never, NULL, NULL) == TCSMS_BAD_ARGUMENT);
    CHECK(tcsms_call_async(client, TEXT(META), TEXT("{}"), 0, NULL, NULL, NULL) == TCSMS_BAD_ARGUMENT);
    CHECK(tcsms_submit(client, NULL, 0, TEXT(META), TEXT("{}"), 0) == TCSMS_BAD_ARGUMENT);
    CHECK(tcsms_cq_new(NULL) == TCSMS_BAD_ARGUMENT);
    CHECK(tcsms_cancel(client, 7) == TCSMS_BAD_ARGUMENT);
    CHECK(tcsms_cq_next(NULL, 0, NULL, NULL, &out) == TCSMS_BAD_ARGUMENT);
    tcsms_buf_free(&out);

    tcsms_stream *stream;
    CHECK(tcsms_stream_open(NULL, TEXT(META), TEXT("{}"), &stream, &out) == TCSMS_BAD_ARGUMENT && !stream);
    tcsms_buf_free(&out);
    CHECK(tcsms_stream_next(NULL, 0, &out) == TCSMS_BAD_ARGUMENT);
    tcsms_buf_free(&out);
    tcsms_exchange *exchange;
    CHECK(tcsms_exchange_new(client, TEXT(META), TEXT("{}"), &exchange, &out) == TCSMS_BAD_ARGUMENT && !exchange);
    CHECK(holds(out.ptr, out.len, "foreign_transport"));
    tcsms_buf_free(&out);
    CHECK(tcsms_exchange_next(NULL, &out) == TCSMS_BAD_ARGUMENT);
    tcsms_buf_free(&out);
    CHECK(tcsms_exchange_answer(NULL, 200, NULL, 0, NULL, 0) == TCSMS_BAD_ARGUMENT);
    CHECK(tcsms_exchange_failed(NULL, 0, 0, NULL, 0) == TCSMS_BAD_ARGUMENT);

    CHECK(tcsms_credential(client, 0, &out) == TCSMS_OK && holds(out.ptr, out.len, "\"AKIDEXAMPLE\""));
    tcsms_buf_free(&out);
    CHECK(tcsms_credential(NULL, 0, &out) == TCSMS_BAD_ARGUMENT);
    tcsms_buf_free(&out);
    tcsms_client_free(client);
    return 0;
}
