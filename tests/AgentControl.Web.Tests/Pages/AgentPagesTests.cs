using System.Text.Json;
using AgentControl.Core.Mcp;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Mcp;
using AgentControl.TestKit;
using AgentControl.Web.Agents;
using AgentControl.Web.Shared;
using AgentControl.Web.Tests.Fixtures;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace AgentControl.Web.Tests.Pages;

public sealed class AgentPagesTests(PostgresFixture fixture)
{
    private const string Policies = "#field-tools-tides__high_water input";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task List_tells_what_runs_now()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = bundle.Render<AgentsPage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-agent]")), Patience);
        var agent = page.Find("[data-agent]").GetAttribute("data-agent")!;
        var job = await bundle.SubmitAsync("one");

        await bundle.RunAsync(job, 1, 3);
        bundle.Feed.Publish(LiveTopic.Jobs);

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "1 running",
                    page.Find($"[data-agent='{agent}']").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
    }

    [Fact]
    public async Task One_agent_shows_its_jobs_and_leads_to_a_new_one()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("first of all");
        var agent = (await bundle.Services.GetRequiredService<JobQueries>().FindAsync(job.ToString(), default))!.Agent;

        var page = bundle.Render<AgentPage>(p => p.Add(a => a.Name, agent));

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "first of all",
                    page.Find("[data-testid=agent-jobs]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Contains(page.FindAll("a"), a => a.GetAttribute("href") == $"/jobs/new?agent={agent}");
    }

    [Fact]
    public async Task Unknown_agent_says_so()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = bundle.Render<AgentPage>(p => p.Add(a => a.Name, "nobody"));
        page.WaitForAssertion(
            () => Assert.Contains("No agent is called nobody here.", page.Markup, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task An_assistant_is_defined_in_the_form_and_a_mistake_keeps_what_was_typed()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        bundle.Role = Engine.Access.Role.Admin;
        var page = bundle.Render<DefinePage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=save]")), Patience);
        page.Find("#agent-name").Change(EchoAgent.Name);
        page.Find("#field-description").Input("Answers from our files");

        page.Find("form").Submit();

        page.WaitForAssertion(
            () =>
                Assert.Contains("Name: ", page.Find("[data-testid=error-list]").TextContent, StringComparison.Ordinal),
            Patience
        );
        page.Find("#agent-name").Change("finder");
        page.Find("form").Submit();
        page.WaitForAssertion(
            () =>
                Assert.EndsWith(
                    "/agents/finder",
                    bundle.Services.GetRequiredService<NavigationManager>().Uri,
                    StringComparison.Ordinal
                ),
            Patience
        );
        var versions = await bundle.Services.GetRequiredService<AgentQueries>().VersionsAsync("finder");
        Assert.Contains("Answers from our files", Assert.Single(versions).Settings, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Upper", "Name: Begin with a letter")]
    [InlineData("taken", "'taken' is taken. Choose another name, or edit that one.")]
    public async Task Mistakes_of_the_name_of_fields_and_of_what_only_the_server_knows_are_told_at_once(
        string name,
        string said
    )
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await SaveAsync(bundle, "taken", 0, "Was here first");
        var page = bundle.Render<DefinePage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=save]")), Patience);
        page.Find("#agent-name").Change(name);
        page.Find("#field-queue").Input("nobodys");
        page.Find("#field-maxTurns").Input("0");

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=error-list]")), Patience);
        var told = page.FindAll("[data-testid=error-list] li").Select(li => li.TextContent).ToList();
        Assert.Collection(
            told,
            line => Assert.StartsWith(said, line, StringComparison.Ordinal),
            line => Assert.Equal("What it is for is missing. Fill it in.", line),
            line => Assert.Equal("Most turns must be at least 1.", line),
            line => Assert.StartsWith("Queue: No worker serves a queue 'nobodys'.", line, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_tools_of_an_accepted_server_get_policies_and_what_settings_leave_out_is_shown_as_it_holds()
    {
        await using var bundle = await PageBundle.CreateAsync(
            fixture,
            new() { ["AgentControl:McpServers:tides:Url"] = "http://127.0.0.1:9/mcp" }
        );
        await bundle
            .Services.GetRequiredService<McpPins>()
            .PinFirstAsync("tides", [new McpTool("high_water", "When", JsonElement.Parse("{}"), true)], default);
        await bundle
            .Services.GetRequiredService<DefinitionCommands>()
            .SaveAsync(
                "finder",
                0,
                JsonSerializer.SerializeToElement(new { description = "Finds", mcpServers = new[] { "tides" } }),
                bundle.Caller.Actor,
                default
            );
        var page = bundle.Render<DefinePage>(p => p.Add(d => d.Name, "finder"));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=save]")), Patience);
        Assert.Equal("default", page.Find("#field-queue").GetAttribute("value"));

        // Found and changed at once: a page that is drawn again in between has other handlers.
        await page.InvokeAsync(() => page.FindAll(Policies)[0].ChangeAsync(new ChangeEventArgs { Value = true }));
        page.WaitForAssertion(() => Assert.True(page.FindAll(Policies)[0].HasAttribute("checked")), Patience);
        await page.InvokeAsync(() => page.Find("form").SubmitAsync());
        var queries = bundle.Services.GetRequiredService<AgentQueries>();
        page.WaitForState(
            () =>
                bundle
                    .Services.GetRequiredService<NavigationManager>()
                    .Uri.EndsWith("/agents/finder", StringComparison.Ordinal),
            Patience
        );
        var saved = JsonElement.Parse((await queries.VersionsAsync("finder"))[0].Settings!);
        Assert.Equal("allow", saved.GetProperty("tools").GetProperty("tides__high_water").GetString());
    }

    [Fact]
    public async Task Names_of_things_are_shown_as_they_are_and_words_as_people_write_them()
    {
        await using var bundle = await PageBundle.CreateAsync(
            fixture,
            new()
            {
                ["AgentControl:Providers:anthropic:ApiKey"] = "key",
                ["AgentControl:Models:default:Primary"] = "anthropic:m",
                ["AgentControl:Models:fast-local_1:Primary"] = "anthropic:m",
            }
        );
        var page = bundle.Render<DefinePage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=save]")), Patience);
        Assert.Equal(["default", "fast-local_1"], page.FindAll("#field-route label").Select(l => l.TextContent.Trim()));
        Assert.Equal(
            ["Allow", "Ask", "Deny"],
            page.FindAll("#field-tools-fetch label").Select(l => l.TextContent.Trim())
        );
    }

    [Fact]
    public async Task No_assistant_takes_the_address_of_the_form()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = await FillAsync(bundle, DefinitionCommands.TakenName);
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Name: 'new' is the address where new assistants are made. Choose another name.",
                    page.Find("[data-testid=error-list]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
    }

    [Fact]
    public async Task Admins_find_what_is_retired_and_its_name_leads_to_its_edit()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var commands = bundle.Services.GetRequiredService<DefinitionCommands>();
        await SaveAsync(bundle, "zz", 0, "Sleeps");
        await SaveAsync(bundle, "awake", 0, "Works");
        await commands.RetireAsync("zz", 1, bundle.Caller.Actor, default);

        var list = bundle.Render<AgentsPage>();
        list.WaitForAssertion(() => Assert.NotEmpty(list.FindAll("[data-testid=retired]")), Patience);
        Assert.Equal(
            ["/agents/zz", "/agents/zz/edit"],
            list.FindAll("[data-testid=retired] a").Select(a => a.GetAttribute("href"))
        );
        var page = await FillAsync(bundle, "zz");
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "taken by a retired assistant",
                    page.Find("[data-testid=error-list]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("/agents/zz/edit", page.Find("[data-testid=taken]").GetAttribute("href"));

        bundle.Role = Engine.Access.Role.Viewer;
        var viewer = bundle.Render<AgentsPage>();
        viewer.WaitForAssertion(() => Assert.NotEmpty(viewer.FindAll("[data-agent=awake]")), Patience);
        Assert.Empty(viewer.FindAll("[data-testid=retired]"));
    }

    [Fact]
    public async Task A_definition_that_changed_meanwhile_is_read_in_a_new_tab_or_saved_over()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await SaveAsync(bundle, "finder", 0, "one");
        var page = bundle.Render<DefinePage>(p => p.Add(d => d.Name, "finder"));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=save]")), Patience);
        page.Find("#field-description").Input("mine");
        await SaveAsync(bundle, "finder", 1, "theirs");

        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=save-over]")), Patience);
        var stands = page.Find("[data-testid=stands]");
        Assert.Equal(("/agents/finder", "_blank"), (stands.GetAttribute("href"), stands.GetAttribute("target")));
        Assert.Equal("mine", page.Find("#field-description").GetAttribute("value"));
        Assert.Equal("Save over version 2", page.Find("[data-testid=save-over]").TextContent);
        page.Find("[data-testid=save-over]").Click();

        var navigation = bundle.Services.GetRequiredService<NavigationManager>();
        page.WaitForState(() => navigation.Uri.EndsWith("/agents/finder", StringComparison.Ordinal), Patience);
        var versions = await bundle.Services.GetRequiredService<AgentQueries>().VersionsAsync("finder");
        Assert.Equal(3, versions.Count);
        Assert.Contains("mine", versions[0].Settings, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_a_definition_that_is_not_saved_asks_first()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var dialogs = bundle.Render<MudDialogProvider>();
        var page = bundle.Render<DefinePage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=save]")), Patience);
        var navigation = bundle.Services.GetRequiredService<NavigationManager>();
        var before = navigation.Uri;
        page.Find("#field-description").Input("Answers from our files");

        navigation.NavigateTo("/agents");
        dialogs.WaitForElement(".ac-btn--danger-main", Patience);
        Assert.Equal(before, navigation.Uri);
        dialogs.Find(".ac-btn--danger-main").Click();
        await navigation.ArrivesAsync("/agents");
    }

    /// <summary>The form of a new one, filled in and sent.</summary>
    private static async Task<IRenderedComponent<DefinePage>> FillAsync(PageBundle bundle, string name)
    {
        var page = bundle.Render<DefinePage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=save]")), Patience);
        page.Find("#agent-name").Change(name);
        page.Find("#field-description").Input("Answers from our files");
        await page.Find("form").SubmitAsync();
        return page;
    }

    private static async Task SaveAsync(PageBundle bundle, string name, int version, string description)
    {
        var outcome = await bundle
            .Services.GetRequiredService<DefinitionCommands>()
            .SaveAsync(
                name,
                version,
                JsonSerializer.SerializeToElement(new { description }),
                bundle.Caller.Actor,
                default
            );
        Assert.IsType<DefinitionOutcome.Saved>(outcome);
    }
}
