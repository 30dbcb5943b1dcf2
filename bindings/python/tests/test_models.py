"""Requests and answers as objects and as JSON."""

import copy
import json
import pickle
import random
import warnings

from tencentcloud.common import _core
from tencentcloud.common.abstract_model import AbstractModel
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.sms.v20190711 import models as models2019
from tencentcloud.sms.v20210111 import errorcodes, models
from tests.support import TestCase, client, send

native = _core.native


class Models(TestCase):
    def test_what_is_set_is_written_in_the_order_of_the_definition(self):
        request = models.SendSmsRequest()
        request.TemplateId, request.SenderId, request.PhoneNumberSet = "1", "", []
        self.assertEqual(request._serialize(), {"PhoneNumberSet": [], "TemplateId": "1", "SenderId": ""})
        self.assertEqual(json.loads(native.encode(request)), request._serialize())
        self.assertEqual(list(json.loads(native.encode(request))), ["PhoneNumberSet", "TemplateId", "SenderId"])

    def test_headers_and_options_are_no_parameters(self):
        request = send()
        request.headers, request.options = {"X-A": "b"}, {"timeout_ms": 5}
        self.assertNotIn("Headers", request._serialize())
        self.assertEqual(json.loads(native.encode(request)), request._serialize())

    def test_to_json_string_shows_what_is_not_set_and_takes_the_arguments_of_json(self):
        status = models.AddSmsTemplateResponse()
        status.AddTemplateStatus = models.AddTemplateStatus()
        status.AddTemplateStatus.TemplateId = "中"
        self.assertEqual(
            status.to_json_string(indent=1),
            '{\n "AddTemplateStatus": {\n  "TemplateId": "中"\n },\n "RequestId": null\n}')
        self.assertEqual(repr(status), status.to_json_string())

    def test_from_json_string_replaces_everything_and_warns_of_names_nobody_has(self):
        request = send()
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            request.from_json_string('{"TemplateId": "2", "Templateid": "3"}')
        self.assertEqual(request._serialize(), {"TemplateId": "2"})
        self.assertIn("Templateid", str(seen[0].message))

    def test_structures_within_answers_are_objects(self):
        answer = models.SendSmsResponse()
        answer._deserialize({"SendStatusSet": [{"Code": "Ok", "New": 1}], "RequestId": "r"})
        read = native.decode(b'{"RequestId": "r", "More": {"a": [1]}, "SendStatusSet": [{"New": 1, "Code": "Ok"}]}',
                             _core.shape_of(models.SendSmsResponse))
        for told in (answer, read):
            self.assertIsInstance(told.SendStatusSet[0], models.SendStatus)
            self.assertEqual(told.SendStatusSet[0].Code, "Ok")
            self.assertIsNone(told.SendStatusSet[0].Fee)
        self.assertEqual(answer.to_json_string(), read.to_json_string())

    def test_an_attribute_nobody_has_is_told_with_the_one_that_is_meant(self):
        request = send()
        request.SmsSdkAppID = "1"
        for call in (lambda: client().SendSms(request), request._serialize):
            error = self.refused(call)
            self.assertEqual(error.code, "ClientParamsError")
            self.assertIn("SmsSdkAppID: is SmsSdkAppId meant?", str(error))

    def test_models_can_be_copied_pickled_and_derived_from(self):
        class Mine(models.SendSmsRequest):
            pass
        request = Mine()
        request._deserialize({"PhoneNumberSet": ["+861"]})
        self.assertEqual(copy.deepcopy(request)._serialize(), {"PhoneNumberSet": ["+861"]})
        answer = pickle.loads(pickle.dumps(native.decode(b'{"RequestId":"r"}', _core.shape_of(models.SendSmsResponse))))
        self.assertEqual(answer.RequestId, "r")
        error = pickle.loads(pickle.dumps(TencentCloudSDKException("a", "b", "c")))
        self.assertEqual(str(error), "[TencentCloudSDKException] code:a message:b requestId:c")

    def test_every_model_of_both_versions_reads_what_it_writes(self):
        seen = 0
        for module in (models, models2019):
            for kind in vars(module).values():
                if isinstance(kind, type) and kind is not AbstractModel:
                    told = {name: name for name in kind._members if name not in kind._nested}
                    text = native.encode(told)
                    self.assertEqual(native.decode(text, _core.shape_of(kind))._serialize(), told)
                    seen += 1
        self.assertEqual(seen, 105)

    def test_error_codes_are_texts(self):
        self.assertEqual(errorcodes.LIMITEXCEEDED_DELIVERYFREQUENCYLIMIT, "LimitExceeded.DeliveryFrequencyLimit")


class Json(TestCase):
    """The native JSON against Python's own."""

    def values(self, random, depth=0):
        kind = random.randrange(9 if depth < 4 else 7)
        if kind == 0:
            return random.choice([None, True, False])
        if kind == 1:
            return random.choice([0, -1, 2 ** 53 + 1, 2 ** 63 - 1, -2 ** 63, 2 ** 64, 10 ** 40, -10 ** 40])
        if kind == 2:
            return random.uniform(-1e9, 1e9)
        if kind < 7:
            signs = ['"', "\\", "/", "\b", "\f", "\n", "\r", "\t", "\0", "\x1f", "\x7f", "a", "中", "😀", "\u2028", "'", "<"]
            return "".join(random.choices(signs, k=random.randrange(6)))
        if kind == 7:
            return [self.values(random, depth + 1) for _ in range(random.randrange(4))]
        return {str(random.random()): self.values(random, depth + 1) for _ in range(random.randrange(4))}

    def test_random_values_come_back(self):
        chance = random.Random(7)
        for _ in range(3000):
            value = self.values(chance)
            self.assertEqual(json.loads(native.encode(value)), value)
            for ascii in (True, False):
                self.assertEqual(native.decode(json.dumps(value, ensure_ascii=ascii)), value)
                self.assertEqual(native.decode(json.dumps(value, indent=1).encode()), value)

    def test_what_python_refuses_is_refused(self):
        texts = ["", "{", "[1,", "[1 2]", '{"a" 1}', '{"a":1,}', "{1:2}", "tru", "nul", "1 2", "-", '"a', '"\\x"', '"\\u12"',
                 '"\n"', "[,]", "01a", "+1", "--1", "1.e", "]", '{"a":1 "b":2}']
        for text in texts:
            with self.assertRaises(ValueError, msg=text):
                native.decode(text)
            with self.assertRaises(ValueError, msg=text):
                json.loads(text)

    def test_half_a_surrogate_pair_is_read_and_not_written(self):
        self.assertEqual(native.decode(b'"\\ud800x"'), json.loads('"\\ud800x"'))
        self.assertEqual(native.decode(b'"\\ud83d\\ude00"'), "😀")
        with self.assertRaisesRegex(ValueError, "surrogate"):
            native.encode(["\ud800"])

    def test_bytes_that_are_no_utf_8_are_refused(self):
        for text in (b'"\xff"', b'{"\xff": 1}'):
            with self.assertRaises(ValueError):
                native.decode(text)

    def test_what_json_has_no_form_for_is_told_with_its_place(self):
        for value, place in (({"A": [1, {"B": object()}]}, r"A\[1\].B"), ({"A": b"x"}, "A"), ({"A": {1.5: 1}}, "A")):
            with self.assertRaisesRegex(TypeError, place):
                native.encode(value)
        with self.assertRaisesRegex(ValueError, r"A\[0\] is NaN"):
            native.encode({"A": [float("nan")]})
        circle = []
        circle.append(circle)
        with self.assertRaisesRegex(ValueError, "deep"):
            native.encode(circle)
        with self.assertRaisesRegex(ValueError, "deep"):
            native.decode("[" * 5000 + "]" * 5000)

    def test_subclasses_of_texts_and_numbers_are_what_they_are(self):
        import enum
        class Kind(enum.IntEnum):
            A = 3
        class Name(str):
            pass
        self.assertEqual(native.encode([Kind.A, Name("x"), (1, 2)]), b'[3,"x",[1,2]]')
