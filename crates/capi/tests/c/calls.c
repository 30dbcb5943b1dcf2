/* Calls in all ways: each gives its own outcome, once. */
#include "support.h"
#include <poll.h>
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int outcomes[8];
static int32_t statuses[8];
static const tcsms_client *shared;

static void note(void *ud, int32_t status, const uint8_t *p, size_t n)
{
    size_t place = (size_t)(uintptr_t)ud;
    CHECK(p && n);
    if (place == 4)
        /* A call within a callback. */
        expect(shared, META, "inner", 0, TCSMS_OK, "inner");
    pthread_mutex_lock(&lock);
    outcomes[place]++;
    statuses[place] = status;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static int32_t wait_for(size_t place)
{
    pthread_mutex_lock(&lock);
    while (!outcomes[place])
        pthread_cond_wait(&changed, &lock);
    int32_t status = statuses[place];
    CHECK(outcomes[place] == 1);
    pthread_mutex_unlock(&lock);
    return status;
}

static uint64_t begin(const tcsms_client *client, size_t place, const char *body, uint32_t limit)
{
    uint64_t id = 0;
    CHECK(tcsms_call_async(client, TEXT(META), TEXT(body), limit, note, (void *)(uintptr_t)place, &id) == TCSMS_OK);
    return id;
}

static void *cancels(void *ud)
{
    /* Until the call is there. */
    while (tcsms_cancel(ud, 42) != TCSMS_OK) {
    }
    return NULL;
}

int main(int count, char **arguments)
{
    CHECK(count == 2);
    tcsms_client *client = client_to(arguments[1]);
    shared = client;
    expect(client, META, "one", 0, TCSMS_OK, "\"one\"");
    expect(client, META, "two", 0, TCSMS_OK, "\"two\"");
    expect(client, META, "refuse", 0, TCSMS_SERVICE_ERROR, "FailedOperation.X");
    expect(client, META, "silence", 200, TCSMS_TIMEOUT, "\"maybe_sent\"");

    pthread_t other;
    CHECK(pthread_create(&other, NULL, cancels, client) == 0);
    expect(client, "{\"version\":\"2021-01-11\",\"action\":\"SendSms\",\"cancel_id\":42}", "silence", 0, TCSMS_CANCELLED,
           "\"maybe_sent\"");
    CHECK(pthread_join(other, NULL) == 0);

    begin(client, 1, "{\"SessionContext\":\"async\"}", 0);
    CHECK(wait_for(1) == TCSMS_OK);
    begin(client, 2, "no JSON", 0);
    CHECK(wait_for(2) == TCSMS_BAD_ARGUMENT);
    uint64_t id = begin(client, 3, "{\"SessionContext\":\"silence\"}", 0);
    CHECK(tcsms_cancel(client, id) == TCSMS_OK);
    CHECK(wait_for(3) == TCSMS_CANCELLED);
    CHECK(tcsms_cancel(client, id) == TCSMS_BAD_ARGUMENT);
    begin(client, 4, "{\"SessionContext\":\"outer\"}", 0);
    CHECK(wait_for(4) == TCSMS_OK);

    tcsms_cq *queue;
    CHECK(tcsms_cq_new(&queue) == TCSMS_OK);
    tcsms_buf out;
    CHECK(tcsms_cq_next(queue, 0, NULL, NULL, &out) == 0 && !out.ptr);
    for (uint64_t tag = 0; tag < 20; tag++)
        CHECK(tcsms_submit(client, queue, tag, TEXT(META), TEXT("{\"SessionContext\":\"queued\"}"), 0) == TCSMS_OK);
    uint64_t seen = 0;
    for (int left = 20; left; left--) {
        struct pollfd ready = {.fd = tcsms_cq_fd(queue), .events = POLLIN};
        CHECK(poll(&ready, 1, 30000) == 1);
        uint64_t tag;
        int32_t status;
        CHECK(tcsms_cq_next(queue, 0, &tag, &status, &out) == 1);
        CHECK(status == TCSMS_OK && holds(out.ptr, out.len, "queued") && !(seen >> tag & 1));
        seen |= (uint64_t)1 << tag;
        tcsms_buf_free(&out);
    }
    struct pollfd ready = {.fd = tcsms_cq_fd(queue), .events = POLLIN};
    CHECK(poll(&ready, 1, 0) == 0);
    tcsms_cq_free(queue);

    tcsms_stream *stream;
    CHECK(tcsms_stream_open(client, TEXT(META), TEXT("{\"SessionContext\":\"whole\"}"), &stream, &out) == TCSMS_OK);
    CHECK(!stream && holds(out.ptr, out.len, "whole"));
    tcsms_buf_free(&out);

    tcsms_client *one, *same;
    const char *config = "{\"secret_id\":\"a\",\"secret_key\":\"b\"}";
    CHECK(tcsms_client_shared(TEXT(config), &one, &out) == TCSMS_OK);
    CHECK(tcsms_client_shared(TEXT(config), &same, &out) == TCSMS_OK);
    tcsms_client_free(one);
    tcsms_client_free(same);

    /* The client goes while a call is under way; its outcome comes all the same. */
    begin(client, 5, "{\"SessionContext\":\"silence\"}", 0);
    tcsms_client_free(client);
    CHECK(tcsms_shutdown(10000) == TCSMS_OK);
    CHECK(wait_for(5) == TCSMS_SHUT_DOWN);
    CHECK(tcsms_shutdown(10000) == TCSMS_OK);
    client = client_to(arguments[1]);
    expect(client, META, "late", 0, TCSMS_SHUT_DOWN, "\"not_sent\"");
    CHECK(tcsms_call_async(client, TEXT(META), TEXT("{}"), 0, note, NULL, NULL) == TCSMS_SHUT_DOWN);
    tcsms_client_free(client);
    return 0;
}
