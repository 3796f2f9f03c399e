using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class StableClock : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // What does not change within a statement may be looked up in an index and estimated; before, each row was asked for the time.
            migrationBuilder.Sql("ALTER FUNCTION ac_now() STABLE");
            migrationBuilder.CreateIndex(
                name: "ix_jobs_with_ttl",
                table: "jobs",
                column: "id",
                filter: "ttl_seconds IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER FUNCTION ac_now() VOLATILE");
            migrationBuilder.DropIndex(
                name: "ix_jobs_with_ttl",
                table: "jobs");
        }
    }
}
