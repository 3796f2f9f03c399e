using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Metrics : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "rested_ms",
                table: "job_runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "ended_tasks",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    workspace = table.Column<string>(type: "text", nullable: false),
                    label = table.Column<string>(type: "text", nullable: false),
                    duration_ms = table.Column<long>(type: "bigint", nullable: false),
                    worked_ms = table.Column<long>(type: "bigint", nullable: false),
                    people_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ended_tasks", x => x.job_id);
                    table.ForeignKey(
                        name: "fk_ended_tasks_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "service_use",
                columns: table => new
                {
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    service = table.Column<string>(type: "text", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    calls = table.Column<int>(type: "integer", nullable: false),
                    retries = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_service_use", x => new { x.at, x.service, x.agent });
                });

            migrationBuilder.CreateTable(
                name: "trace_cursor",
                columns: table => new
                {
                    one = table.Column<bool>(type: "boolean", nullable: false),
                    xid = table.Column<long>(type: "bigint", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    no = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_trace_cursor", x => x.one);
                    table.CheckConstraint("ck_trace_cursor_one", "one");
                });

            migrationBuilder.CreateIndex(
                name: "ix_ended_tasks_finished_at",
                table: "ended_tasks",
                column: "finished_at");

            migrationBuilder.Sql(EngineSchema.Metrics);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX ix_events_metrics; DROP FUNCTION ac_service_used; DROP FUNCTION ac_task_ended CASCADE; DROP FUNCTION ac_people_ms; DROP FUNCTION ac_ms");

            migrationBuilder.DropTable(
                name: "ended_tasks");

            migrationBuilder.DropTable(
                name: "service_use");

            migrationBuilder.DropTable(
                name: "trace_cursor");

            migrationBuilder.DropColumn(
                name: "rested_ms",
                table: "job_runs");
        }
    }
}
