/* The host carries the requests: the library says what, and is told what came of it. */
#include "support.h"

static tcsms_exchange *begin(const tcsms_client *client, const char *meta)
{
    tcsms_exchange *exchange;
    tcsms_buf error;
    CHECK(tcsms_exchange_new(client, TEXT(meta), TEXT("{\"SessionContext\":\"mine\"}"), &exchange, &error) == TCSMS_OK);
    CHECK(exchange && !error.ptr);
    return exchange;
}

static void next_is(tcsms_exchange *exchange, const char *part, const char *other)
{
    tcsms_buf step;
    CHECK(tcsms_exchange_next(exchange, &step) == TCSMS_OK);
    if (!holds(step.ptr, step.len, part) || !holds(step.ptr, step.len, other))
        fprintf(stderr, "%.*s\n", (int)step.len, (const char *)step.ptr);
    CHECK(holds(step.ptr, step.len, part) && holds(step.ptr, step.len, other));
    tcsms_buf_free(&step);
}

int main(void)
{
    tcsms_client *client = client_of("{\"secret_id\":\"AKIDEXAMPLE\",\"secret_key\":\"SKEXAMPLE\",\"region\":\"ap-guangzhou\","
                                     "\"foreign_transport\":true,\"connect_to\":\"%s\"}",
                                     "http://127.0.0.1:1");
    const char *answer = "{\"Response\":{\"SendStatusSet\":[],\"RequestId\":\"r\"}}";

    tcsms_exchange *exchange = begin(client, META);
    next_is(exchange, "\"url\":\"http://127.0.0.1:1/\"", "}\n{\"SessionContext\":\"mine\"}");
    CHECK(tcsms_exchange_failed(exchange, 99, 0, TEXT("x")) == TCSMS_BAD_ARGUMENT);
    CHECK(tcsms_exchange_failed(exchange, TCSMS_STEP_CONNECT, 0, TEXT("refused")) == TCSMS_OK);
    next_is(exchange, "{\"wait_ms\":", "\n");
    next_is(exchange, "[\"host\",\"sms.tencentcloudapi.com\"]", "TC3-HMAC-SHA256");
    CHECK(tcsms_exchange_answer(exchange, 0, NULL, 0, TEXT(answer)) == TCSMS_BAD_ARGUMENT);
    CHECK(tcsms_exchange_answer(exchange, 200, TEXT("{}"), TEXT(answer)) == TCSMS_BAD_ARGUMENT);
    CHECK(tcsms_exchange_answer(exchange, 200, TEXT("[[\"content-type\",\"application/json\"]]"), TEXT(answer)) == TCSMS_OK);
    next_is(exchange, "{\"done\":0}\n", "\"RequestId\":\"r\"");
    next_is(exchange, "{\"done\":0}\n", "\"RequestId\":\"r\"");
    tcsms_exchange_free(exchange);

    exchange = begin(client, META);
    next_is(exchange, "{\"send\":", "\"limit_ms\":60000");
    CHECK(tcsms_exchange_failed(exchange, TCSMS_STEP_WAIT + TCSMS_STEP_TIMED_OUT, 1, (const uint8_t *)"late\xff", 5) ==
          TCSMS_OK);
    next_is(exchange, "{\"done\":-4}\n", "\"maybe_sent\"");
    tcsms_exchange_free(exchange);

    /* A request that nothing is said of may have been sent. */
    exchange = begin(client, META);
    next_is(exchange, "{\"send\":", "POST");
    next_is(exchange, "{\"done\":-2}\n", "abandoned");
    tcsms_exchange_free(exchange);

    /* Without a word, at any step. */
    tcsms_exchange_free(begin(client, META));

    tcsms_buf out;
    CHECK(tcsms_call(client, TEXT(META), TEXT("{}"), 0, &out) == TCSMS_IO);
    CHECK(holds(out.ptr, out.len, "exchange functions"));
    tcsms_buf_free(&out);
    tcsms_client_free(client);
    return 0;
}
