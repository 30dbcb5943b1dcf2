/* Many threads share a client, each by both engines in turn, and each gets its own answers. */
#include "support.h"
#include <pthread.h>
#include <semaphore.h>

static tcsms_client *client;
static int calls;

struct own {
    sem_t done;
    char context[32];
};

static void note(void *ud, int32_t status, const uint8_t *p, size_t n)
{
    struct own *own = ud;
    CHECK(status == TCSMS_OK && holds(p, n, own->context));
    sem_post(&own->done);
}

static void *work(void *number)
{
    struct own own;
    sem_init(&own.done, 0, 0);
    for (int call = 0; call < calls; call++) {
        snprintf(own.context, sizeof own.context, "thread-%d-%d.", (int)(intptr_t)number, call);
        if (call % 2) {
            expect(client, META, own.context, 0, TCSMS_OK, own.context);
            continue;
        }
        char body[64];
        snprintf(body, sizeof body, "{\"SessionContext\":\"%s\"}", own.context);
        CHECK(tcsms_call_async(client, TEXT(META), TEXT(body), 0, note, &own, NULL) == TCSMS_OK);
        while (sem_wait(&own.done)) {
        }
    }
    sem_destroy(&own.done);
    return NULL;
}

int main(int count, char **arguments)
{
    CHECK(count == 4);
    client = client_to(arguments[1]);
    int threads = atoi(arguments[2]);
    calls = atoi(arguments[3]);
    pthread_t all[256];
    for (int at = 0; at < threads; at++)
        CHECK(pthread_create(&all[at], NULL, work, (void *)(intptr_t)at) == 0);
    for (int at = 0; at < threads; at++)
        CHECK(pthread_join(all[at], NULL) == 0);
    tcsms_client_free(client);
    return 0;
}
