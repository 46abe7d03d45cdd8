"""All steps, in the order in which they run. Each comes after what it needs; see `steps` for those of the bare host."""

from . import steps
from .inside.steps import (
    AdminPassword, ApiKey, Clusters, CodeEnvImages, CodeEnvs, Connections, Defaults, Groups, License, NamespacePolicies, Plugins, PushImages,
    SanityCheck, Settings, Users,
)
from .installation.base_images import BaseImages
from .installation.boot_unit import BootUnit
from .installation.configuration import Configuration
from .installation.credentials import Credentials
from .installation.dependencies import Dependencies
from .installation.graphics_export import GraphicsExport
from .installation.hadoop import Hadoop
from .installation.installation import Installation
from .installation.jdbc_drivers import JDBCDrivers
from .installation.kit import Kit
from .installation.port_guard import PortGuard, PortOpen
from .installation.r import R
from .installation.runtime_database import PostgreSQLServer, RuntimeDatabase
from .installation.service import Restart, Service
from .installation.spark import Spark
from .installation.user_isolation import UserIsolation

INSTALLATION = [
    Credentials(),
    Kit(),
    Dependencies(),
    PortGuard(),  # before DSS answers for the first time, with a password that everybody knows
    PostgreSQLServer(),
    Installation(),
    Configuration(),
    Hadoop(),
    Spark(),  # needs Hadoop
    R(),
    GraphicsExport(),
    JDBCDrivers(),
    UserIsolation(),  # after Spark, whose files it gives away
    BootUnit(),
    BaseImages(),  # with what the integrations have put into the installation
    Service(),
]

INSIDE = [
    ApiKey(),
    AdminPassword(),
    PortOpen(),
    License(),
    Groups(),
    Users(),  # are in groups
    CodeEnvs(),
    Plugins(),
    Connections(),  # are for groups
    Settings(),  # name connections
    RuntimeDatabase(),
    Restart(),
    PushImages(),  # to where the settings say
    CodeEnvImages(),  # on top of those
    Clusters(),  # of the plugin
    Defaults(),  # name clusters
    NamespacePolicies(),
    SanityCheck(),
]

ORDER = [*steps.ORDER, *INSTALLATION, *INSIDE]
