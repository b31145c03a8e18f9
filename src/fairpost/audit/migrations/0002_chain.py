"""The chain over the record, the vault, and the reasons moved out of the record into it."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()
PAGE = 2000


def move_reasons(apps, schema_editor):
    """Seals the reasons and operators' names of an installation that has a record already.

    The record is append-only, so its trigger is off for as long as this transaction lasts; nobody else sees
    it so. Without its key ring an installation cannot be moved: it says so, and nothing is changed.
    """
    from fairpost.audit.payload import keep_payload, make_payload
    from fairpost.kernel.actor import Actor

    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only")
        last = 0
        while True:
            cursor.execute(
                "SELECT id, at, actor_via, actor_name, actor_person_id, actor_api_key_id, account_id, reason"
                " FROM audit_event WHERE id > %s ORDER BY id LIMIT %s",
                [last, PAGE],
            )
            rows = cursor.fetchall()
            if not rows:
                break
            for number, at, via, name, person, key, account, reason in rows:
                actor = Actor(name=name, via=via, person_id=person, api_key_id=key)
                payload = make_payload(cursor, actor, account, reason, at)
                if payload:
                    keep_payload(cursor, number, payload)
                    cursor.execute(
                        "UPDATE audit_event SET commitment = %s, reason = NULL,"
                        " actor_name = CASE WHEN %s LIKE 'operator:%%' THEN %s ELSE actor_name END WHERE id = %s",
                        [payload.commitment, payload.subject, payload.subject, number],
                    )
            cursor.executemany("INSERT INTO audit_unsealed (event_id) VALUES (%s)", [[row[0]] for row in rows])
            last = rows[-1][0]
        cursor.execute("ALTER TABLE audit_event DROP COLUMN reason")
        cursor.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_append_only")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(SQL),
        migrations.RunPython(move_reasons),
        # The table is not managed: these change only what Django knows of it.
        migrations.RemoveField("auditevent", "reason"),
        migrations.AddField("auditevent", "commitment", models.BinaryField(null=True)),
    ]
