<?php // How a program that sends login codes is tested, with PHPUnit: copy it, and put your own code in the place of Login.

use PHPUnit\Framework\TestCase;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Sms\V20210111\Models\SendSmsRequest;
use TencentCloud\Sms\V20210111\SmsClient;
use TencentCloud\Testing\Account;
use TencentCloud\Testing\LocalService;

/** The program under test. */
final class Login
{
    private SmsClient $client;
    private string $app;
    public string $code = '';

    public function __construct(SmsClient $client, string $app)
    {
        $this->client = $client;
        $this->app = $app;
    }

    /** Sends a new code, and says whether the number was sent to. */
    public function sendCode(string $phone): bool
    {
        $this->code = (string) random_int(100000, 999999);
        $request = new SendSmsRequest();
        $request->SmsSdkAppId = $this->app;
        $request->SignName = '腾讯云';
        $request->TemplateId = '449739';
        $request->TemplateParamSet = [$this->code];
        $request->PhoneNumberSet = [$phone];
        return $this->client->SendSms($request)->SendStatusSet[0]->Code === 'Ok';
    }
}

final class LoginTest extends TestCase
{
    private const PHONE = '+8613711112222';

    private Account $account;
    private Login $login;

    protected function setUp(): void
    {
        $this->use(LocalService::shared()->account());
    }

    protected function tearDown(): void
    {
        $this->account->close();
    }

    private function use(Account $account): void
    {
        $this->account = $account;
        $this->login = new Login($account->client(), $account->sdkAppId);
    }

    public function testTheCodeArrives(): void
    {
        $this->assertTrue($this->login->sendCode(self::PHONE));
        $this->assertSame($this->login->code, $this->account->waitForMessage(self::PHONE)->code);
    }

    public function testANumberThatIsRefusedIsReported(): void
    {
        $this->assertFalse($this->login->sendCode('+861371111'));
    }

    public function testABusyServiceIsAskedAgain(): void
    {
        $this->account->setFaults([['match' => ['action' => 'SendSms'], 'times' => 1, 'do' => ['error' => ['code' => 'RequestLimitExceeded']]]]);
        $this->assertTrue($this->login->sendCode(self::PHONE));
        $this->assertCount(2, $this->account->requests('SendSms'));
    }

    public function testAServiceThatFailsIsAnError(): void
    {
        $this->account->setFaults([['do' => ['error' => ['code' => 'InternalError.Timeout']]]]);
        $this->expectException(TencentCloudSDKException::class);
        $this->login->sendCode(self::PHONE);
    }

    public function testTheLimitOfADayEndsWithTheDay(): void
    {
        $this->use(LocalService::shared()->account(['limits' => 'strict']));
        // Noon in Beijing, so that no midnight comes between. Strict means two messages to a number on a day.
        $noon = strtotime('2027-01-01 12:00 +0800');
        foreach ([0, 60] as $seconds) {
            $this->account->setClock($noon + $seconds);
            $this->assertTrue($this->login->sendCode(self::PHONE));
        }
        $this->account->setClock($noon + 120);
        $this->assertFalse($this->login->sendCode(self::PHONE));
        $this->account->setClock($noon + 86400);
        $this->assertTrue($this->login->sendCode(self::PHONE));
    }
}
