"""Exports of dashboards and flows as PDF and images, which DSS has a browser draw."""

from .integration import Integration


class GraphicsExport(Integration):
    name = "graphics-export"
    description = "DSS exports dashboards as documents"
    advice = "see run/install.log in DSS's data directory, and whether the host reaches npm's registry"
    action = "install-graphics-export"

    def is_asked_for(self, dss):
        return dss["graphicsExport"]
