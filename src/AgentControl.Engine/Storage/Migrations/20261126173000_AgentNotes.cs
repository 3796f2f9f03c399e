using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class AgentNotes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "agent_notes",
                columns: table => new
                {
                    workspace = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    agent = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false),
                    deleted = table.Column<bool>(type: "boolean", nullable: false),
                    size = table.Column<int>(type: "integer", nullable: false),
                    first_line = table.Column<string>(type: "text", nullable: false),
                    author_kind = table.Column<string>(type: "text", nullable: false),
                    author_name = table.Column<string>(type: "text", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agent_notes", x => new { x.workspace, x.agent, x.name });
                    table.CheckConstraint("ck_agent_notes_author", "author_kind in ('person','agent','program')");
                    table.CheckConstraint("ck_agent_notes_name", "name ~ '^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$' AND length(name) <= 120");
                    table.CheckConstraint("ck_agent_notes_sizes", "version > 0 AND size BETWEEN 0 AND 65536 AND length(first_line) <= 160");
                    table.ForeignKey(
                        name: "fk_agent_notes_workspaces_workspace",
                        column: x => x.workspace,
                        principalTable: "workspaces",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "agent_note_versions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    workspace = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    agent = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<int>(type: "integer", nullable: false),
                    text = table.Column<string>(type: "text", nullable: true),
                    size = table.Column<int>(type: "integer", nullable: false),
                    author_kind = table.Column<string>(type: "text", nullable: false),
                    author_name = table.Column<string>(type: "text", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: true),
                    step_key = table.Column<string>(type: "text", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agent_note_versions", x => x.id);
                    table.CheckConstraint("ck_agent_note_versions_author", "author_kind in ('person','agent','program')");
                    table.CheckConstraint("ck_agent_note_versions_sizes", "version > 0 AND size = COALESCE(octet_length(text), 0) AND size <= 65536");
                    table.ForeignKey(
                        name: "fk_agent_note_versions_agent_notes_workspace_agent_name",
                        columns: x => new { x.workspace, x.agent, x.name },
                        principalTable: "agent_notes",
                        principalColumns: new[] { "workspace", "agent", "name" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_agent_note_versions_workspace_agent_name_version",
                table: "agent_note_versions",
                columns: new[] { "workspace", "agent", "name", "version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_agent_note_versions_workspace_at",
                table: "agent_note_versions",
                columns: new[] { "workspace", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "agent_note_versions");

            migrationBuilder.DropTable(
                name: "agent_notes");
        }
    }
}
