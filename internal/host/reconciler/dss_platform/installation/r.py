"""R: recipes and notebooks in R, on this host."""

from .integration import Integration


class R(Integration):
    name = "r"
    description = "DSS runs R"
    advice = "see run/install.log in DSS's data directory, and whether the host reaches CRAN"
    action = "install-R-integration"
    # R's packages are compiled.
    seconds = 7200

    def is_asked_for(self, dss):
        return dss["r"]
