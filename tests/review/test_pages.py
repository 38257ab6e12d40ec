from __future__ import annotations


def test_smoke(sign_in, russified):
    client = sign_in("maria")
    r = client.post("/take/", follow=True)
    print(r.content.decode())
    assert r.status_code == 200
