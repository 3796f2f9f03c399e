using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Schedules : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "schedule",
                table: "jobs",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "schedules",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    cron = table.Column<string>(type: "text", nullable: false),
                    time_zone = table.Column<string>(type: "text", nullable: false),
                    overlap = table.Column<string>(type: "text", nullable: false),
                    missed = table.Column<string>(type: "text", nullable: false),
                    catch_up_seconds = table.Column<int>(type: "integer", nullable: false),
                    start_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    end_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    workspace = table.Column<string>(type: "text", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    job = table.Column<string>(type: "text", nullable: false),
                    input = table.Column<byte[]>(type: "bytea", nullable: false),
                    paused = table.Column<bool>(type: "boolean", nullable: false),
                    paused_by = table.Column<string>(type: "text", nullable: true),
                    paused_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    pause_reason = table.Column<string>(type: "text", nullable: true),
                    next_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    owner = table.Column<string>(type: "text", nullable: false),
                    created_by = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_schedules", x => x.name);
                    table.CheckConstraint("ck_schedules_missed", "missed IN ('skip','runOnce','runAll')");
                    table.CheckConstraint("ck_schedules_overlap", "overlap IN ('skip','bufferOne','allow','cancelOther')");
                    table.CheckConstraint("ck_schedules_paused", "NOT (paused AND next_at IS NOT NULL)");
                });

            migrationBuilder.CreateTable(
                name: "schedule_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    schedule = table.Column<string>(type: "text", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    trigger = table.Column<string>(type: "text", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    cause = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    times = table.Column<int>(type: "integer", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: true),
                    started_by = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_schedule_runs", x => x.id);
                    table.CheckConstraint("ck_schedule_runs_outcome", "outcome IN ('started','waiting','skipped','failed') AND (outcome = 'started') = (job_id IS NOT NULL)");
                    table.CheckConstraint("ck_schedule_runs_trigger", "trigger IN ('due','catchUp','manual')");
                    table.ForeignKey(
                        name: "fk_schedule_runs_schedules_schedule",
                        column: x => x.schedule,
                        principalTable: "schedules",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_schedule_id",
                table: "jobs",
                columns: new[] { "schedule", "id" },
                descending: new[] { false, true },
                filter: "schedule IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_schedule_runs_due",
                table: "schedule_runs",
                columns: new[] { "schedule", "due_at" },
                unique: true,
                filter: "trigger <> 'manual'");

            migrationBuilder.CreateIndex(
                name: "ix_schedule_runs_schedule_id",
                table: "schedule_runs",
                columns: new[] { "schedule", "id" },
                descending: new[] { false, true });

            migrationBuilder.CreateIndex(
                name: "ix_schedule_runs_waiting",
                table: "schedule_runs",
                column: "schedule",
                unique: true,
                filter: "outcome = 'waiting'");

            migrationBuilder.CreateIndex(
                name: "ix_schedules_next_at",
                table: "schedules",
                column: "next_at",
                filter: "next_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "schedule_runs");

            migrationBuilder.DropTable(
                name: "schedules");

            migrationBuilder.DropIndex(
                name: "ix_jobs_schedule_id",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "schedule",
                table: "jobs");
        }
    }
}
