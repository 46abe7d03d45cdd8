#!/bin/bash
# The part of the user data that puts the boot in place, and starts it. The boot then runs at every start of the
# instance, and again after a failure, until the host is ready for its agent.
set -euo pipefail
umask 022
install -d -m 755 /etc/dss-platform /var/lib/dss-platform
restore() { if command -v restorecon >/dev/null; then restorecon "$@" || true; fi; }
restore -R /etc/dss-platform /usr/local/sbin

# A simple service: the systemd of release 8 does not restart others. The console shows what it says, also without an agent.
cat >/etc/systemd/system/dss-platform-boot.service <<'UNIT'
[Unit]
Description=Mounts the DSS data volume and starts the SSM agent
After=network-online.target local-fs.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart=/bin/bash /usr/local/sbin/dss-platform-boot
Restart=on-failure
RestartSec=20
StandardOutput=journal+console
StandardError=inherit

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable dss-platform-boot.service
systemctl start --no-block dss-platform-boot.service
