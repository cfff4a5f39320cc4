"""An option of the access matrix."""


def pytest_addoption(parser) -> None:
    """Let the reviewed table be written anew."""
    parser.addoption("--write-matrix", action="store_true", help="write the access matrix anew")
