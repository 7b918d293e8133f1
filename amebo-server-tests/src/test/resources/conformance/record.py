#!/usr/bin/env python3
"""Records what an upstream Amebo server answers: one JSON file for each case, beside this script.

    python3 record.py http://127.0.0.1:3310 USERNAME PASSWORD

The server must be fresh (an empty database). "ours" in files that exist is kept. Needs only Python 3.
The cases run in their order, here and in ConformanceTest; {receiver}, {username}, {password}, {gist} are filled in.
"""
import http.client
import http.server
import json
import pathlib
import random
import re
import sys
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).parent
SHOP, MAILER = "the-shops-own-secret", "the-mailers-own-secret"
SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
JSON = "application/json"
letters = random.Random(7)
LARGE = "".join(letters.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=4000))


def event(deduper, payload={"id": 1}, **more):
    body = {"action": "user.created", "secret": SHOP, "deduper": deduper, "sleep_until": 1, "payload": payload}
    body.update(more)
    return {key: value for key, value in body.items() if value is not ...}


def subscription(**more):
    body = {"application": "mailer", "action": "user.created", "handler": "/hook", "secret": MAILER, "max_retries": 3}
    body.update(more)
    return {key: value for key, value in body.items() if value is not ...}


def action(**more):
    body = {"action": "user.created", "application": "shop", "schemata": SCHEMA, "secret": SHOP}
    body.update(more)
    return {key: value for key, value in body.items() if value is not ...}


def application(**more):
    body = {"application": "shop", "address": "http://127.0.0.1:9", "secret": SHOP}
    body.update(more)
    return {key: value for key, value in body.items() if value is not ...}


LOGIN = {"username": "{username}", "password": "{password}", "scheme": "password"}
# row of the contract, case, method, path, body (an object; text as it is; None), more: type, asks
# asks: who asks our server, which does not answer strangers (an upstream server does): administrator, nobody,
# or cookie, which is the one of the login for both.
CASES = [
    ("POST /v1/tokens", "login", "POST", "/v1/tokens", LOGIN, {}),
    ("POST /v8/tokens", "login", "POST", "/v8/tokens", LOGIN, {}),
    ("POST /v1/tokens", "wrong password", "POST", "/v1/tokens", {**LOGIN, "password": "wrong"}, {}),
    ("POST /v1/tokens", "unknown user", "POST", "/v1/tokens", {**LOGIN, "username": "nobody"}, {}),
    ("POST /v1/tokens", "without a username", "POST", "/v1/tokens", {"password": "x", "scheme": "password"}, {}),
    ("POST /v1/tokens", "without a scheme", "POST", "/v1/tokens", {"username": "{username}", "password": "{password}"}, {}),
    ("content type", "text", "POST", "/v1/tokens", LOGIN, {"type": "text/plain"}),
    ("content type", "with a charset", "POST", "/v1/tokens", LOGIN, {"type": "application/json; charset=utf-8"}),
    ("malformed JSON", "cut", "POST", "/v1/tokens", '{"username": "x",', {}),
    ("malformed JSON", "an array", "POST", "/v1/tokens", "[]", {}),
    ("POST /v1/applications", "new", "POST", "/v1/applications", application(), {"asks": "administrator"}),
    ("POST /v1/applications", "another", "POST", "/v1/applications", application(application="mailer", address="{receiver}", secret=MAILER), {"asks": "administrator"}),
    ("POST /v1/applications", "duplicate", "POST", "/v1/applications", application(), {"asks": "administrator"}),
    ("POST /v1/applications", "short secret", "POST", "/v1/applications", application(application="x", secret="short"), {"asks": "administrator"}),
    ("POST /v1/applications", "no URL", "POST", "/v1/applications", application(application="x", address="ftp://x"), {"asks": "administrator"}),
    ("POST /v1/applications", "without a name", "POST", "/v1/applications", application(application=...), {"asks": "administrator"}),
    ("authentication", "a stranger registers an application", "POST", "/v1/applications", application(application="stranger", address="http://127.0.0.1:8"), {}),
    ("authentication", "a stranger lists applications", "GET", "/v1/applications?application=shop", None, {}),
    ("GET /v1/applications", "filter application", "GET", "/v1/applications?application=shop", None, {"asks": "administrator"}),
    ("GET /v1/applications", "filter a part of the name", "GET", "/v1/applications?application=sho", None, {"asks": "administrator"}),
    ("GET /v1/applications", "filter address", "GET", "/v1/applications?address=127.0.0.1:9", None, {"asks": "administrator"}),
    ("GET /v1/applications", "nothing found", "GET", "/v1/applications?application=nothing", None, {"asks": "administrator"}),
    ("GET /v1/applications", "timeline", "GET", "/v1/applications?timeline=today", None, {"asks": "administrator"}),
    ("PUT /v1/applications/:id", "address", "PUT", "/v1/applications/shop", {"location": "http://127.0.0.1:10", "secret": SHOP}, {}),
    ("POST /v1/actions", "new", "POST", "/v1/actions", action(), {}),
    ("POST /v1/actions", "schema as text", "POST", "/v1/actions", action(action="user.deleted", schemata=json.dumps(SCHEMA)), {}),
    ("POST /v1/actions", "wrong secret", "POST", "/v1/actions", action(action="a.b", secret="not-the-shops-secret"), {}),
    ("POST /v1/actions", "unknown application", "POST", "/v1/actions", action(action="a.b", application="nobody"), {}),
    ("POST /v1/actions", "duplicate", "POST", "/v1/actions", action(), {}),
    ("POST /v1/actions", "without a schema", "POST", "/v1/actions", action(action="a.b", schemata=...), {}),
    ("POST /v1/actions", "without a secret", "POST", "/v1/actions", action(action="a.b", secret=...), {}),
    ("POST /v1/actions", "invalid schema", "POST", "/v1/actions", action(action="bad.schema", schemata={"type": "objekt"}), {}),
    ("GET /v1/actions", "filter action", "GET", "/v1/actions?action=user.created", None, {"asks": "administrator"}),
    ("GET /v1/actions", "filter application", "GET", "/v1/actions?application=shop&action=user.deleted", None, {"asks": "administrator"}),
    ("GET /v1/actions", "filter schemata", "GET", "/v1/actions?action=user.created&schemata=integer", None, {"asks": "administrator"}),
    ("GET /v1/actions", "filter id", "GET", "/v1/actions?id=1", None, {"asks": "administrator"}),
    ("GET /v1/actions", "nothing found", "GET", "/v1/actions?application=nobody", None, {"asks": "administrator"}),
    ("POST /v1/subscriptions", "new", "POST", "/v1/subscriptions", subscription(), {}),
    ("POST /v1/subscriptions", "default of max_retries", "POST", "/v1/subscriptions", subscription(action="user.deleted", max_retries=...), {}),
    ("POST /v1/subscriptions", "duplicate", "POST", "/v1/subscriptions", subscription(), {}),
    ("POST /v1/subscriptions", "wrong secret", "POST", "/v1/subscriptions", subscription(secret="not-the-mailers-secret"), {}),
    ("POST /v1/subscriptions", "unknown application", "POST", "/v1/subscriptions", subscription(application="nobody"), {}),
    ("POST /v1/subscriptions", "unknown action", "POST", "/v1/subscriptions", subscription(action="nothing"), {}),
    ("POST /v1/subscriptions", "handler without a slash", "POST", "/v1/subscriptions", subscription(handler="hook"), {}),
    ("POST /v1/subscriptions", "max_retries 0", "POST", "/v1/subscriptions", subscription(max_retries=0), {}),
    ("POST /v1/subscriptions", "max_retries 10001", "POST", "/v1/subscriptions", subscription(max_retries=10001), {}),
    ("POST /v1/subscriptions", "without an action", "POST", "/v1/subscriptions", subscription(action=...), {}),
    ("GET /v1/subscriptions", "filter application", "GET", "/v1/subscriptions?application=mailer&action=user.created", None, {"asks": "administrator"}),
    ("GET /v1/subscriptions", "filter endpoint", "GET", "/v1/subscriptions?endpoint=/hook&action=user.deleted", None, {"asks": "administrator"}),
    ("GET /v1/subscriptions", "filter description", "GET", "/v1/subscriptions?description=nothing", None, {"asks": "administrator"}),
    ("GET /v1/subscriptions", "filter id", "GET", "/v1/subscriptions?id=1", None, {"asks": "administrator"}),
    ("POST /v1/events", "new", "POST", "/v1/events", event("first"), {}),
    ("POST /v1/events", "payload as text", "POST", "/v1/events", event("second", '{"id":2}'), {}),
    ("POST /v1/events", "unknown action", "POST", "/v1/events", event("x", action="nothing"), {}),
    ("POST /v1/events", "schema violation", "POST", "/v1/events", event("x", {"id": "x"}), {}),
    ("POST /v1/events", "without sleep_until", "POST", "/v1/events", event("third", {"id": 3}, sleep_until=...), {}),
    ("POST /v1/events", "without a deduper", "POST", "/v1/events", event(..., {"id": 4}), {}),
    ("POST /v1/events", "without a payload", "POST", "/v1/events", event("x", ...), {}),
    ("POST /v1/events", "payload null", "POST", "/v1/events", event("x", None), {}),
    ("POST /v1/events", "payload an array", "POST", "/v1/events", event("x", [1]), {}),
    ("POST /v1/events", "sleep_until as text", "POST", "/v1/events", event("x", sleep_until="soon"), {}),
    ("POST /v1/events", "sleep_until null", "POST", "/v1/events", event("null", {"id": 5}, sleep_until=None), {}),
    ("POST /v1/events", "sleep_until 0", "POST", "/v1/events", event("zero", {"id": 6}, sleep_until=0), {}),
    ("POST /v1/events", "later", "POST", "/v1/events", event("later", {"id": 7}, sleep_until=3600), {}),
    ("POST /v1/events", "duplicate", "POST", "/v1/events", event("first"), {}),
    ("POST /v1/events", "same deduper, other payload", "POST", "/v1/events", event("first", {"id": 8}), {}),
    ("POST /v1/events", "same deduper and payload, other action", "POST", "/v1/events", event("first", action="user.deleted"), {}),
    ("POST /v1/events", "large payload", "POST", "/v1/events", event("large", {"id": 9, "text": LARGE}), {}),
    ("POST /v1/events", "wrong secret", "POST", "/v1/events", event("forged", {"id": 10}, secret="not-the-shops-secret"), {}),
    ("GET /v1/events", "filter deduper", "GET", "/v1/events?deduper=second", None, {"asks": "administrator"}),
    ("GET /v1/events", "filter action", "GET", "/v1/events?action=user.created&deduper=second", None, {"asks": "administrator"}),
    ("GET /v1/events", "filter payload", "GET", "/v1/events?payload=:2", None, {"asks": "administrator"}),
    ("GET /v1/events", "a percent-encoded value", "GET", "/v1/events?deduper=%73econd", None, {"asks": "administrator"}),
    ("GET /v1/events", "filter id", "GET", "/v1/events?id=1", None, {"asks": "administrator"}),
    ("GET /v1/events", "timeline", "GET", "/v1/events?timeline=today", None, {"asks": "administrator"}),
    ("GET /v1/events", "nothing found", "GET", "/v1/events?deduper=nothing", None, {"asks": "administrator"}),
    ("paging", "the first two", "GET", "/v1/events?pagination=2", None, {"asks": "administrator"}),
    ("paging", "a page behind the last", "GET", "/v1/applications?page=1000", None, {"asks": "administrator"}),
    ("delivery", "webhook", "WEBHOOK", "/hook", None, {}),
    ("GET /v1/gists", "completed", "GET", "/v1/gists?completed=true", None, {"asks": "administrator", "first": True}),
    ("GET /v1/gists", "not completed", "GET", "/v1/gists?completed=false", None, {"asks": "administrator", "first": True}),
    ("POST /v1/regists/:id", "replay", "POST", "/v1/regists/{gist}", "{}", {"asks": "administrator"}),
    ("GET /", "login page", "GET", "/", None, {}),
    ("GET /p/:page", "without the cookie", "GET", "/p/actions", None, {}),
    ("GET /p/:page", "actions", "GET", "/p/actions", None, {"asks": "cookie"}),
    ("GET /p/:page", "events", "GET", "/p/events", None, {"asks": "cookie"}),
    ("GET /p/:page", "subscriptions", "GET", "/p/subscriptions", None, {"asks": "cookie"}),
    ("GET /p/:page", "applications", "GET", "/p/applications", None, {"asks": "cookie"}),
    ("GET /p/:page", "gists", "GET", "/p/gists", None, {"asks": "cookie"}),
    ("GET /p/:page", "no such page", "GET", "/p/nothing", None, {"asks": "cookie"}),
]


class Receiver(http.server.BaseHTTPRequestHandler):
    calls = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Receiver.calls.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body.decode()))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *unused):
        pass


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def webhook():
    for _ in range(300):
        if Receiver.calls:
            path, headers, body = Receiver.calls[0]
            return {"path": path, "headers": {k: headers[k] for k in ("content-type", "x-pass-phrase")}, "body": parsed(body)}
        time.sleep(0.1)
    raise SystemExit("no webhook call")


def main():
    base, username, password = sys.argv[1:]
    port = urllib.parse.urlsplit(base).netloc
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    values = {"{receiver}": f"http://127.0.0.1:{server.server_port}", "{username}": username, "{password}": password}
    cookie = ""
    for number, (row, case, method, path, body, more) in enumerate(CASES):
        request = {"method": method, "path": path}
        if body is not None:
            request["type"] = more.get("type", JSON)
            request["body"] = body
        if method == "WEBHOOK":
            answer = webhook()
            time.sleep(3)  # it marks the delivery after the answer
        else:
            text = body if isinstance(body, str) or body is None else json.dumps(body)
            for name, value in values.items():
                text = text and text.replace(name, value)
            headers = {"Content-Type": request["type"]} if body is not None else {}
            if more.get("asks") == "cookie":
                headers["Cookie"] = cookie
            connection = http.client.HTTPConnection(port)
            connection.request(method, path.replace("{gist}", "1"), text, headers)
            response = connection.getresponse()
            got = response.read().decode()
            for name, value in values.items():
                got = got.replace(value, name)
            if response.getheader("Set-Cookie"):
                cookie = response.getheader("Set-Cookie").split(";")[0]
            type = (response.getheader("Content-Type") or "").split(";")[0].split(",")[0]
            answer = {"status": response.status, "type": type}
            if response.getheader("Location"):
                answer["location"] = response.getheader("Location")
            answer["body"] = "<page>" if type == "text/html" and response.status == 200 else parsed(got)
            if more.get("first"):
                answer["body"] = answer["body"][:1]
        file = HERE / f"{number + 1:03}-{re.sub('[^a-z0-9]+', '-', (row + ' ' + case).lower())}.json"
        recording = {"row": row, "case": case, "source": "recorded", "asks": more.get("asks", "nobody")}
        if more.get("first"):
            recording["first"] = True
        recording["request"] = request
        recording["answer"] = answer
        if file.exists():
            ours = json.loads(file.read_text()).get("ours")
            if ours:
                recording["ours"] = ours
        text = json.dumps(recording, indent=1)
        text = re.sub(r"eyJ[\w.-]+", "<token>", text)
        file.write_text(text + "\n")
        print(answer.get("status", "   "), row, "|", case, "|", json.dumps(answer["body"])[:150])


main()
