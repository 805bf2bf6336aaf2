"""Stands in for torch, of which SkyRL's JAX back end wants the name of a class alone."""


class Tensor:
    pass
