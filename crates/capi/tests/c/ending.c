/* The process ends while calls are under way: it neither hangs nor crashes. */
#include "support.h"
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static tcsms_client *client;
static sem_t begun;

static void note(void *ud, int32_t status, const uint8_t *p, size_t n)
{
    (void)status, (void)p, (void)n;
    if (ud)
        exit(0);
    sem_post(&begun);
}

static void *forever(void *ud)
{
    (void)ud;
    for (;;) {
        tcsms_buf out;
        tcsms_call(client, TEXT(META), TEXT("{\"SessionContext\":\"x\"}"), 0, &out);
        tcsms_buf_free(&out);
        sem_post(&begun);
    }
    return NULL;
}

/* Sends a last message when the thread's own data of the library are gone already. */
static void last_message(void)
{
    expect(client, META, "last", 10000, TCSMS_OK, "last");
}

int main(int count, char **arguments)
{
    CHECK(count == 3);
    sem_init(&begun, 0, 0);
    if (!strcmp(arguments[2], "last_message")) {
        CHECK(atexit(last_message) == 0);
        client = client_to(arguments[1]);
        expect(client, META, "first", 10000, TCSMS_OK, "first");
        return 0;
    }
    client = client_to(arguments[1]);
    const char *moment = arguments[2], *silence = "{\"SessionContext\":\"silence\"}", *quick = "{\"SessionContext\":\"x\"}";
    /* Whoever hangs is ended. */
    alarm(30);
    if (!strcmp(moment, "threads")) {
        pthread_t thread;
        for (int at = 0; at < 16; at++)
            CHECK(pthread_create(&thread, NULL, forever, NULL) == 0);
        for (int at = 0; at < 100; at++)
            sem_wait(&begun);
        return 0;
    }
    for (int at = 0; at < 32; at++)
        CHECK(tcsms_call_async(client, TEXT(META), TEXT(silence), 0, note, NULL, NULL) == TCSMS_OK);
    if (!strcmp(moment, "at_once"))
        return 0;
    if (!strcmp(moment, "after_shutdown")) {
        CHECK(tcsms_shutdown(10000) == TCSMS_OK);
        for (int at = 0; at < 32; at++)
            sem_wait(&begun);
        return 0;
    }
    bool in_callback = !strcmp(moment, "exit_in_callback");
    CHECK(tcsms_call_async(client, TEXT(META), TEXT(quick), 0, note, in_callback ? client : NULL, NULL) == TCSMS_OK);
    if (in_callback)
        for (;;)
            pause();
    sem_wait(&begun);
    return 0;
}
