using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class FailureGroups : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "failure_cursor",
                columns: table => new
                {
                    one = table.Column<bool>(type: "boolean", nullable: false),
                    xid = table.Column<long>(type: "bigint", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    no = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_failure_cursor", x => x.one);
                    table.CheckConstraint("ck_failure_cursor_one", "one");
                });

            migrationBuilder.CreateTable(
                name: "failure_groups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    workspace = table.Column<string>(type: "text", nullable: false),
                    fingerprint = table.Column<string>(type: "text", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    step = table.Column<string>(type: "text", nullable: true),
                    service = table.Column<string>(type: "text", nullable: true),
                    title = table.Column<string>(type: "text", nullable: false),
                    example = table.Column<string>(type: "text", nullable: false),
                    count = table.Column<long>(type: "bigint", nullable: false),
                    first_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    status_by = table.Column<string>(type: "text", nullable: true),
                    status_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    comment = table.Column<string>(type: "text", nullable: true),
                    ignored_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    regressed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_failure_groups", x => x.id);
                    table.CheckConstraint("ck_failure_groups_status", "status IN ('unresolved','resolved','ignored')");
                });

            migrationBuilder.CreateTable(
                name: "job_failures",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    no = table.Column<long>(type: "bigint", nullable: false),
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_failures", x => new { x.job_id, x.no });
                    table.ForeignKey(
                        name: "fk_job_failures_failure_groups_group_id",
                        column: x => x.group_id,
                        principalTable: "failure_groups",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_job_failures_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_forked_from",
                table: "jobs",
                column: "forked_from",
                filter: "forked_from IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_failure_groups_last_seen_at_id",
                table: "failure_groups",
                columns: new[] { "last_seen_at", "id" },
                descending: new bool[0]);

            migrationBuilder.CreateIndex(
                name: "ix_failure_groups_workspace_fingerprint",
                table: "failure_groups",
                columns: new[] { "workspace", "fingerprint" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_job_failures_at",
                table: "job_failures",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_job_failures_group_id_at_job_id",
                table: "job_failures",
                columns: new[] { "group_id", "at", "job_id" },
                descending: new[] { false, true, true });

            migrationBuilder.Sql(EngineSchema.Failures);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX ix_events_failed; DROP FUNCTION ac_open_failure");

            migrationBuilder.DropTable(
                name: "failure_cursor");

            migrationBuilder.DropTable(
                name: "job_failures");

            migrationBuilder.DropTable(
                name: "failure_groups");

            migrationBuilder.DropIndex(
                name: "ix_jobs_forked_from",
                table: "jobs");
        }
    }
}
