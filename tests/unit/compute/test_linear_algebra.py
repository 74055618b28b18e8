"""Linear algebra on one thread, for as long as anybody asks for it."""

from threadpoolctl import threadpool_info

from core.compute.linear_algebra import one_thread


def test_linear_algebra_gets_its_threads_back_when_the_last_of_several_holders_leaves():
    def threads():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before, first, second = threads(), one_thread(), one_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert set(threads()) == {1}
    second.__exit__(None, None, None)
    assert threads() == before
