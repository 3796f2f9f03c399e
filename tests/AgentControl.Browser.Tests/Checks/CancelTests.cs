using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;
using Npgsql;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class CancelTests(CheckedProgram program)
{
    [Fact]
    public async Task A19_Cancelling_asks_first_and_says_nothing_before_the_server_does()
    {
        await Seeds.RunningAsync(program.Installation, "to-cancel", 1);
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs?q=to-cancel");
        await page.GetByRole(AriaRole.Link, new() { Name = "to-cancel-1" }).ClickAsync();
        var chip = page.Locator("main .ac-head [data-state]");
        await Assertions.Expect(chip).ToHaveTextAsync("Running");
        var cancel = page.Locator("[data-testid=job-actions] [data-action=cancel]");

        await cancel.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog).Filter(new() { HasText = "Cancel to-cancel-1?" });
        await Assertions
            .Expect(dialog.GetByTestId("change").Locator("[data-state]"))
            .ToHaveTextAsync(["Running", "Cancelled"]);
        var keep = dialog.GetByRole(AriaRole.Button, new() { Name = "Keep running" });
        await Assertions.Expect(keep).ToBeFocusedAsync();
        await keep.ClickAsync();
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        await Assertions.Expect(chip).ToHaveTextAsync("Running");

        await using (var held = await HoldAsync())
        {
            await cancel.ClickAsync();
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel job" }).ClickAsync();
            await Assertions.Expect(cancel).ToHaveTextAsync("Cancelling…");
            await Assertions
                .Expect(page.GetByTestId("job-actions"))
                .ToContainTextAsync("Still waiting for the server.");
            await page.WatchAsync(1_000);
            await Assertions.Expect(chip).ToHaveTextAsync("Running");
            Assert.Equal(0, await page.GetByTestId("notice").CountAsync());
        }

        await Assertions.Expect(chip).ToHaveTextAsync("Cancelling");
        await Assertions.Expect(page.GetByTestId("notice")).ToContainTextAsync("Cancel requested for to-cancel-1.");
    }

    // Whoever cancels waits for the job's row.
    private async Task<NpgsqlConnection> HoldAsync()
    {
        var connection = await program.Installation.OpenDatabaseAsync();
        await using var command = new NpgsqlCommand(
            "BEGIN; SELECT 1 FROM job_runs WHERE job_id IN (SELECT id FROM jobs WHERE name = 'to-cancel-1') FOR UPDATE",
            connection
        );
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
