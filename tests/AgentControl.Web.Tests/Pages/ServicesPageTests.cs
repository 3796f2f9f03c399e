using System.Globalization;
using AgentControl.Engine.Access;
using AgentControl.Engine.Services;
using AgentControl.Web.Access;
using AgentControl.Web.Services;
using AgentControl.Web.Tests.Fixtures;
using AgentControl.Web.Tests.Shared;
using AngleSharp.Dom;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Npgsql;

namespace AgentControl.Web.Tests.Pages;

public sealed class ServicesPageTests(ProgramFixture program) : UiContext, IClassFixture<ProgramFixture>
{
    private static readonly Actor _ana = new("person:ana", "Ana", "test");
    private readonly string name = $"erp-{Guid.NewGuid():n}";

    [Fact]
    public async Task An_admin_resets_after_being_asked_and_blocks_with_a_reason()
    {
        var (page, dialogs) = await OpenAsync(Role.Admin);
        Assert.Equal("blocked", page.WaitForElement(Row("[data-circuit]")).GetAttribute("data-circuit"));
        Assert.Contains("New keys", page.Find(Row()).TextContent, StringComparison.Ordinal);

        await ClickAsync(page, "Reset circuit…");
        dialogs.WaitForElement(".ac-btn--danger-main");
        await ClickAsync(dialogs, "Leave it alone");
        dialogs.WaitForAssertion(() => Assert.Empty(dialogs.FindAll(".ac-btn--danger-main")));
        Assert.Equal("blocked", page.Find(Row("[data-circuit]")).GetAttribute("data-circuit"));

        await ClickAsync(page, "Reset circuit…");
        dialogs.WaitForElement(".ac-btn--danger-main");
        await ClickAsync(dialogs, "Reset circuit");
        page.WaitForAssertion(() =>
            Assert.Equal("closed", page.Find(Row("[data-circuit]")).GetAttribute("data-circuit"))
        );
        Assert.Contains("Closed (normal)", page.Find(Row()).TextContent, StringComparison.Ordinal);

        await ClickAsync(page, "Block…");
        dialogs.WaitForElement("#block-minutes").Change("15");
        dialogs.Find("#block-reason").Change("Moving house");
        await ClickAsync(dialogs, "Block service");
        page.WaitForAssertion(() =>
            Assert.Contains("Moving house", page.Find(Row()).TextContent, StringComparison.Ordinal)
        );
        var view = await program.Services.GetRequiredService<ServiceQueries>().FindAsync(name, Now);
        Assert.InRange(view!.Circuit.Until!.Value - view.Circuit.Since!.Value, Minutes(14.9), Minutes(15.1));
    }

    [Fact]
    public async Task The_page_of_one_service_shows_its_numbers_what_its_circuit_did_and_lets_an_admin_test_it()
    {
        var (_, dialogs) = await OpenAsync(Role.Admin);
        await using var seed = program
            .Services.GetRequiredService<NpgsqlDataSource>()
            .CreateCommand(
                $"""
                INSERT INTO service_minutes VALUES ('{name}', date_trunc('minute', ac_now()), 200, 20, 12, 1, ARRAY[0,0,180]);
                INSERT INTO service_errors VALUES ('{name}', date_trunc('minute', ac_now()), 'timeout', 20, 'gave no answer')
                """
            );
        await seed.ExecuteNonQueryAsync(Now);
        var page = Render<ServicePage>(p => p.Add(s => s.Name, name));
        page.WaitForElement("[data-testid=service]");
        var text = page.Find(".services-facts").TextContent;
        Assert.Contains("10 %", text, StringComparison.Ordinal);
        Assert.Contains("2 / 2 ms", text, StringComparison.Ordinal);
        Assert.Contains("New keys", page.Find("[data-testid=circuit-changes]").TextContent, StringComparison.Ordinal);
        Assert.Contains(
            "gave no answer",
            page.Find("[data-testid=service-errors]").TextContent,
            StringComparison.Ordinal
        );
        // On a phone an error is a card, and what was said has a line of its own.
        Assert.Equal("gave no answer", page.Find(".ac-table--cards td[data-card=line]").TextContent);

        await ClickAsync(page, "Test now…");
        dialogs.WaitForElement(".ac-btn--danger-main");
        await ClickAsync(dialogs, "Test now");
        page.WaitForAssertion(() =>
            Assert.InRange(
                DateTimeOffset.Parse(
                    page.Find(".services-top time").GetAttribute("datetime")!,
                    CultureInfo.InvariantCulture
                ),
                DateTimeOffset.UtcNow - Minutes(5),
                DateTimeOffset.UtcNow
            )
        );
    }

    [Fact]
    public void A_service_that_nobody_knows_is_told_as_that()
    {
        Services.AddSingleton(program.Services.GetRequiredService<ServiceQueries>());
        Services.AddSingleton<ICallerAccessor>(new Somebody(Role.Viewer));
        var page = Render<ServicePage>(p => p.Add(s => s.Name, "never-seen"));
        Assert.Contains(
            "No service is called never-seen",
            page.WaitForElement(".ac-empty").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Who_is_no_admin_sees_the_circuits_and_no_buttons()
    {
        var (page, _) = await OpenAsync(Role.Approver);
        page.WaitForElement(Row("[data-circuit]"));
        Assert.Empty(page.FindAll("button"));
    }

    private static CancellationToken Now => Xunit.TestContext.Current.CancellationToken;

    private static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);

    private string Row(string within = "") => $"tr[data-service={name}] {within}".TrimEnd();

    // Found and clicked with no rendering in between.
    private Task ClickAsync<T>(IRenderedComponent<T> within, string text)
        where T : Microsoft.AspNetCore.Components.IComponent =>
        within.InvokeAsync(() =>
            within
                .FindAll("button")
                .Single(b =>
                    b.TextContent.Trim() == text
                    && (b.Closest("tr") is not { } row || row.GetAttribute("data-service") == name)
                )
                .Click()
        );

    private async Task<(
        IRenderedComponent<ServicesPage> Page,
        IRenderedComponent<MudDialogProvider> Dialogs
    )> OpenAsync(Role role)
    {
        var commands = program.Services.GetRequiredService<ServiceCommands>();
        await commands.BlockAsync(name, Minutes(30), "New keys", _ana, Now);
        Services.AddSingleton(commands);
        Services.AddSingleton(program.Services.GetRequiredService<ServiceQueries>());
        Services.AddSingleton<ICallerAccessor>(new Somebody(role));
        Render<MudPopoverProvider>();
        var dialogs = Render<MudDialogProvider>();
        return (Render<ServicesPage>(), dialogs);
    }

    private sealed class Somebody(Role role) : ICallerAccessor
    {
        private readonly Caller caller = new(CallerKind.Person, Guid.NewGuid(), "Maria")
        {
            Roles = Caller.Global(role),
        };

        public ValueTask<Caller?> CurrentAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<Caller?>(caller);
    }
}
