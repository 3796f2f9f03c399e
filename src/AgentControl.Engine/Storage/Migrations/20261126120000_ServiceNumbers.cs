using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class ServiceNumbers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "circuit_changes",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    service = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    changed_by = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_circuit_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "service_errors",
                columns: table => new
                {
                    service = table.Column<string>(type: "text", nullable: false),
                    minute = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    calls = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_service_errors", x => new { x.service, x.minute, x.kind });
                });

            migrationBuilder.CreateTable(
                name: "service_minutes",
                columns: table => new
                {
                    service = table.Column<string>(type: "text", nullable: false),
                    minute = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    calls = table.Column<int>(type: "integer", nullable: false),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    retries = table.Column<int>(type: "integer", nullable: false),
                    fallbacks = table.Column<int>(type: "integer", nullable: false),
                    latency = table.Column<int[]>(type: "integer[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_service_minutes", x => new { x.service, x.minute });
                });

            migrationBuilder.CreateIndex(
                name: "ix_circuit_changes_service_at",
                table: "circuit_changes",
                columns: new[] { "service", "at" });

            migrationBuilder.Sql(EngineSchema.Services);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // What a closing circuit does besides stays: it needs none of these tables.
            migrationBuilder.Sql("DROP TRIGGER circuit_came ON circuits; DROP TRIGGER circuit_changed ON circuits; DROP FUNCTION ac_circuit_changed; DROP FUNCTION ac_service_count; DROP FUNCTION ac_circuit_test");

            migrationBuilder.DropTable(
                name: "circuit_changes");

            migrationBuilder.DropTable(
                name: "service_errors");

            migrationBuilder.DropTable(
                name: "service_minutes");
        }
    }
}
