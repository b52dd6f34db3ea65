def minterpolate(*a):
    raise NotImplementedError
