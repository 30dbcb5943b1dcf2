// How a program that sends login codes is tested, with JUnit 5: copy it, and put your own code in the place of Login.
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.SendSmsRequest;
import com.tencentcloudapi.sms.v20210111.models.SendStatus;
import io.github.tcsms.testing.Account;
import io.github.tcsms.testing.Fault;
import io.github.tcsms.testing.LocalService;
import io.github.tcsms.testing.TcsmsExtension;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TcsmsExtension.class)
class LoginTest {
    private static final String PHONE = "+8613711112222";

    /** The program under test. */
    static class Login {
        private final SmsClient client;
        private final String app;
        String code;

        Login(SmsClient client, String app) {
            this.client = client;
            this.app = app;
        }

        /** Sends a new code, and says whether the number was sent to. */
        boolean sendCode(String phone) throws TencentCloudSDKException {
            code = String.valueOf(ThreadLocalRandom.current().nextInt(100000, 1000000));
            SendSmsRequest request = new SendSmsRequest();
            request.setSmsSdkAppId(app);
            request.setSignName("腾讯云");
            request.setTemplateId("449739");
            request.setTemplateParamSet(new String[] {code});
            request.setPhoneNumberSet(new String[] {phone});
            SendStatus status = client.SendSms(request).getSendStatusSet()[0];
            return "Ok".equals(status.getCode());
        }
    }

    static Login login(Account account) {
        return new Login(account.client(), account.sdkAppId);
    }

    @Test
    void theCodeArrives(Account account) throws Exception {
        Login login = login(account);
        assertTrue(login.sendCode(PHONE));
        assertEquals(login.code, account.waitForMessage(PHONE).code);
    }

    @Test
    void aNumberThatIsRefusedIsReported(Account account) throws Exception {
        assertFalse(login(account).sendCode("+861371111"));
    }

    @Test
    void aBusyServiceIsAskedAgain(Account account) throws Exception {
        account.setFaults(Fault.error("RequestLimitExceeded").on("SendSms").times(1));
        assertTrue(login(account).sendCode(PHONE));
        assertEquals(2, account.requests("SendSms", null).size());
    }

    @Test
    void aServiceThatFailsIsAnError(Account account) {
        account.setFaults(Fault.error("InternalError.Timeout").on("SendSms"));
        TencentCloudSDKException e = assertThrows(TencentCloudSDKException.class, () -> login(account).sendCode(PHONE));
        assertEquals("InternalError.Timeout", e.getErrorCode());
    }

    @Test
    void theLimitOfADayEndsWithTheDay(LocalService service) throws Exception {
        try (Account account = service.account(new Account.Options().limits("strict"))) {
            // Noon in Beijing on 1 January 2027, so that no midnight comes between. Strict means two messages to a number on a day.
            long noon = 1_798_776_000;
            Login login = login(account);
            for (int minute = 0; minute < 2; minute++) {
                account.setClock(noon + minute * 60);
                assertTrue(login.sendCode(PHONE));
            }
            account.setClock(noon + 120);
            assertFalse(login.sendCode(PHONE));
            account.setClock(noon + 86400);
            assertTrue(login.sendCode(PHONE));
        }
    }
}
