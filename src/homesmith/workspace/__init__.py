"""workspace: touch the disk safely. Files, sandbox, snapshots; every change has an undo."""
