"""Tests of the judgement of samples: each fault is found, and nothing else is."""

import collections
import json
import unittest

import judge

Run = collections.namedtuple("Run", "exit stdout stderr")

BODY = {"PhoneNumberSet": ["+8613711112222"], "SmsSdkAppId": "1400787878", "SenderId": "", "Limit": 5}
WANTED = {"method": "POST", "scheme": "TC3-HMAC-SHA256", "region": "ap-singapore", "language": None, "parameters": BODY}


def call(**changes):
    raw = "POST / HTTP/1.1\r\ncontent-type: application/json\r\n\r\n" + json.dumps(BODY)
    entry = {
        "id": "request-1", "account": "samples", "method": "POST", "scheme": "TC3-HMAC-SHA256", "action": "SendSms", "version": "2021-01-11",
        "region": "ap-singapore", "language": None, "client": "SDK_TCSMS_PYTHON_0.1.0", "code": "Ok", "message": None, "explanation": None, "raw": raw,
    }
    return {**entry, **changes}


class Heard(unittest.TestCase):
    def faults(self, **changes):
        return judge.heard_faults("python", [call(**changes)], "SendSms", WANTED)

    def test_the_right_call_has_no_fault(self):
        self.assertEqual(self.faults(), [])

    def test_each_difference_is_one_fault(self):
        for change in (
            {"method": "GET"}, {"scheme": "HmacSHA1"}, {"region": "ap-guangzhou"}, {"language": "en-US"}, {"action": "AddSmsTemplate"},
            {"version": "2019-07-11"}, {"client": "SDK_PYTHON_3.1.153"}, {"client": None}, {"code": "AuthFailure.SignatureFailure"},
            {"explanation": {"summary": "no"}}, {"raw": "POST / HTTP/1.1\r\n\r\n" + json.dumps({**BODY, "Limit": "5"})},
            {"raw": "POST / HTTP/1.1\r\n\r\n" + json.dumps({**BODY, "More": 1})},
        ):
            self.assertEqual(len(self.faults(**change)), 1, change)

    def test_one_call_and_no_other_number(self):
        for calls in ([], [call(), call()]):
            self.assertIn(f"{len(calls)} calls", judge.heard_faults("python", calls, "SendSms", WANTED)[0])

    def test_a_form_and_a_query_say_the_same_as_json_and_empty_is_absent(self):
        form = "Action=SendSms&Signature=x&PhoneNumberSet.0=%2B8613711112222&SmsSdkAppId=1400787878&Limit=5"
        wanted = {"PhoneNumberSet.0": "+8613711112222", "SmsSdkAppId": "1400787878", "Limit": "5"}
        for raw in (f"POST / HTTP/1.1\r\n\r\n{form}&SenderId=", f"GET /?{form} HTTP/1.1\r\nhost: x\r\n\r\n"):
            self.assertEqual(judge.parameters(raw), wanted)
            self.assertEqual(judge.flat(BODY, judge.is_json(raw)), wanted)


class Told(unittest.TestCase):
    REFUSED = {"code": "FailedOperation.SignatureIncorrectOrUnapproved", "message": "not approved"}

    def faults(self, language, ended, text, **changes):
        return judge.told_faults(language, call(**changes), Run(ended, text.encode(), b""), True)

    def test_an_answer_names_its_request_and_ends_well(self):
        self.assertEqual(self.faults("go", 0, "RequestId: request-1"), [])
        self.assertEqual(len(self.faults("go", 0, "RequestId: another")), 1)
        self.assertEqual(len(self.faults("go", 1, "RequestId: request-1")), 1)

    def test_a_refusal_is_shown_in_the_form_of_the_language(self):
        texts = {
            "python": "[TencentCloudSDKException] code:C message:not approved requestId:request-1",
            "go": "An API error has returned: [TencentCloudSDKError] Code=C, Message=not approved, RequestId=request-1",
            "cpp": "RequestId=request-1, ErrorCode=C, ErrorMessage=not approved",
            "java": "[TencentCloudSDKException]code: C message:not approved requestId:request-1\n\tat X",
            "php": "[TencentCloud\\Common\\Exception\\TencentCloudSDKException] code:C message:not approved requestId:request-1",
            "nodejs": "{ code: 'C', requestId: 'request-1', message: 'not approved' }",
            "csharp": "requestId: request-1 TencentCloud.Common.TencentCloudSDKException: code:C not approved",
        }
        self.assertEqual(texts.keys(), judge.REFUSALS.keys())
        for language, text in texts.items():
            code = 255 if language == "cpp" else 0
            text = text.replace("C ", self.REFUSED["code"] + " ").replace("C,", self.REFUSED["code"] + ",").replace("'C'", self.REFUSED["code"])
            self.assertEqual(self.faults(language, code, text, **self.REFUSED), [], language)
            self.assertEqual(len(self.faults(language, code + 1, text, **self.REFUSED)), 1, language)
            self.assertEqual(len(self.faults(language, code, text.replace("request-1", "r"), **self.REFUSED)), 1, language)


class Printed(unittest.TestCase):
    def test_output_is_compared_to_the_byte(self):
        expected = b"exit code: 0\n{}\n"
        self.assertEqual(judge.printed_faults(expected, Run(0, b"{}\n", b"noise")), [])
        for code, text in ((0, b"{}"), (0, b"{}\n\n"), (1, b"{}\n")):
            self.assertEqual(len(judge.printed_faults(expected, Run(code, text, b""))), 1)

    def test_lines_of_standard_error_are_looked_for_in_any_folder(self):
        lines = b"PHP Warning:  x in {DIR}/A.php on line 6\n"
        self.assertEqual(judge.printed_faults(b"exit code: 0\n", Run(0, b"", b"PHP Warning:  x in /a/b/A.php on line 6\n"), lines), [])
        self.assertEqual(len(judge.printed_faults(b"exit code: 0\n", Run(0, b"", b"PHP Warning:  y in /a/A.php on line 6\n"), lines)), 1)

    def test_an_answer_is_read_back_from_what_was_printed(self):
        self.assertEqual(judge.read_back("cpp", "X", b'exit code: 0\nRequestId=1\nXResponse={"RequestId":"1"}\n'), {"RequestId": "1"})
        self.assertIsNone(judge.read_back("nodejs", "X", b"exit code: 0\n{ RequestId: '1' }\n"))


if __name__ == "__main__":
    unittest.main()
