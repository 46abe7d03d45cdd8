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

# Takes up a configuration that failed or was killed: it looks for a deployment that waits, and only then runs anew. The
# document starts the timer, and a run that has succeeded and was heard stops it.
cat >/etc/systemd/system/dss-platform-retry.service <<'UNIT'
[Unit]
Description=Configures the host again when a deployment waits for it
After=network-online.target
Wants=network-online.target
ConditionPathExists=/opt/dss-platform/reconcile

[Service]
Type=oneshot
ExecStart=/bin/sh /opt/dss-platform/reconcile retry
UNIT
cat >/etc/systemd/system/dss-platform-retry.timer <<'UNIT'
[Unit]
Description=Looks for a deployment that waits for the host

[Timer]
OnActiveSec=15
OnUnitInactiveSec=15
AccuracySec=1

[Install]
WantedBy=timers.target
UNIT
systemctl daemon-reload
systemctl enable dss-platform-boot.service
systemctl start --no-block dss-platform-boot.service
