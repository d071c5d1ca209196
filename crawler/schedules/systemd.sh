# finews-archive, every {every}: paste into a root shell. Then: systemctl list-timers finews-archive.timer,
# journalctl -u finews-archive
cat > /etc/systemd/system/finews-archive.service <<'END'
[Unit]
Description=finews-archive: poll the feeds, archive what is new
Wants=network-online.target
After=network-online.target
OnFailure=finews-archive-alert.service

[Service]
Type=oneshot
User={user}
WorkingDirectory={root}
Environment=LANG=C.UTF-8 PYTHONUTF8=1
ExecStart={command}
# 75: another crawl holds the archive; this one had nothing to do
SuccessExitStatus=75
# what has arrived is kept after SIGINT
KillSignal=SIGINT
TimeoutStartSec=1h
TimeoutStopSec=2min
Nice=10
NoNewPrivileges=yes
END
cat > /etc/systemd/system/finews-archive.timer <<'END'
[Unit]
Description=finews-archive: every {every}

[Timer]
OnCalendar={when}
# a run missed while the machine was off is caught up
Persistent=yes
RandomizedDelaySec={spread}
AccuracySec=1s

[Install]
WantedBy=timers.target
END
cat > /etc/systemd/system/finews-archive-alert.service <<'END'
[Unit]
Description=finews-archive: report what is wrong

[Service]
Type=oneshot
User={user}
WorkingDirectory={root}
Environment=LANG=C.UTF-8 PYTHONUTF8=1
# writes to the journal; replace it by a program that mails or calls you
ExecStart={status}
SuccessExitStatus=1 3 4 5 6 7
END
systemctl daemon-reload
systemctl enable --now finews-archive.timer
