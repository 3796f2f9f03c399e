using System.Text.Json;
using AgentControl.Core.Mcp;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Mcp;
using AgentControl.TestKit;
using AgentControl.Web.Agents;
using AgentControl.Web.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

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
        var versions = await bundle.Services.GetRequiredService<Engine.Agents.AgentQueries>().VersionsAsync("finder");
        Assert.Contains("Answers from our files", Assert.Single(versions).Settings, StringComparison.Ordinal);
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
            .Services.GetRequiredService<Engine.Agents.DefinitionCommands>()
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
        var queries = bundle.Services.GetRequiredService<Engine.Agents.AgentQueries>();
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
}
