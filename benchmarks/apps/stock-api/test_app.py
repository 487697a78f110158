"""Stock API: what the prompt promises, nothing more."""


def make(api, sku, quantity=5, price=9.5, name="Bell"):
    item = {"sku": sku, "name": name, "quantity": quantity, "price": price}
    answer = api.post("/items", json=item)
    assert answer.status_code == 201, answer.text
    return answer.json()


def move(api, sku, way, amount):
    return api.post(f"/items/{sku}/{way}", json={"amount": amount})


def test_create_and_read(api, word):
    item = make(api, word)
    assert item["sku"] == word
    assert (item["name"], item["quantity"], item["price"]) == ("Bell", 5, 9.5)
    assert api.get(f"/items/{word}").json() == item


def test_quantity_defaults_to_zero(api, word):
    answer = api.post("/items", json={"sku": word, "name": "Bell", "price": 1})
    assert answer.status_code == 201
    assert answer.json()["quantity"] == 0


def test_validation(api, word):
    good = {"sku": word, "name": "Bell", "quantity": 1, "price": 2.0}
    changes = ({"sku": " "}, {"name": ""}, {"quantity": -1}, {"price": -0.01})
    for change in changes:
        assert api.post("/items", json=good | change).status_code == 422, change
    for missing in ("sku", "name", "price"):
        rest = {key: value for key, value in good.items() if key != missing}
        assert api.post("/items", json=rest).status_code == 422, missing
    assert api.get(f"/items/{word}").status_code == 404


def test_sku_is_unique(api, word):
    make(api, word)
    answer = api.post("/items", json={"sku": word, "name": "Other", "quantity": 1, "price": 1})
    assert answer.status_code == 409
    assert answer.json() == {"detail": "SKU already exists"}
    assert api.get(f"/items/{word}").json()["name"] == "Bell"


def test_list_is_sorted_and_filtered(api, word):
    make(api, f"{word}-b", quantity=4)
    make(api, f"{word}-a", quantity=5)
    make(api, f"{word}-c", quantity=0)
    everything = [item["sku"] for item in api.get("/items").json()]
    assert [s for s in everything if s.startswith(word)] == [f"{word}-{end}" for end in "abc"]
    few = [item["sku"] for item in api.get("/items", params={"below": 5}).json()]
    assert [s for s in few if s.startswith(word)] == [f"{word}-b", f"{word}-c"]


def test_patch(api, word):
    make(api, word)
    answer = api.patch(f"/items/{word}", json={"price": 12})
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["price"]) == ("Bell", 12)
    assert answer.json()["quantity"] == 5
    assert api.patch(f"/items/{word}", json={"name": "Horn"}).json()["name"] == "Horn"
    assert api.patch(f"/items/{word}", json={"price": -1}).status_code == 422
    assert api.get(f"/items/{word}").json()["price"] == 12


def test_receive_and_ship(api, word):
    make(api, word)
    assert move(api, word, "receive", 3).json()["quantity"] == 8
    assert move(api, word, "ship", 8).json()["quantity"] == 0
    answer = move(api, word, "ship", 1)
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Not enough stock"}
    for way in ("receive", "ship"):
        for amount in (0, -2):
            assert move(api, word, way, amount).status_code == 422
    assert api.get(f"/items/{word}").json()["quantity"] == 0


def test_delete(api, word):
    make(api, word)
    assert api.delete(f"/items/{word}").status_code == 204
    assert api.get(f"/items/{word}").status_code == 404


def test_report(api, word):
    before = api.get("/report").json()
    make(api, f"{word}-a", quantity=3, price=0.1)
    make(api, f"{word}-b", quantity=2, price=10.25)
    after = api.get("/report").json()
    assert after["items"] - before["items"] == 2
    assert after["units"] - before["units"] == 5
    assert round(after["value"] - before["value"], 2) == 20.8
    assert after["value"] == round(after["value"], 2)


def test_unknown_sku(api):
    for answer in (
        api.get("/items/nothing"),
        api.patch("/items/nothing", json={"price": 1}),
        api.delete("/items/nothing"),
        move(api, "nothing", "receive", 1),
        move(api, "nothing", "ship", 1),
    ):
        assert answer.status_code == 404
        assert answer.json() == {"detail": "Item not found"}
