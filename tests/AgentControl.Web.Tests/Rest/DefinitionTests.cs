using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Budgets;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Assistants that admins define while the program runs.</summary>
public sealed class DefinitionTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private readonly string name = $"a{Guid.NewGuid():n}"[..20];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Defined_it_takes_jobs_at_once_and_each_change_is_a_version()
    {
        var first = await SavedAsync(new { settings = new { description = "Reads", tools = new { fetch = "deny" } } });
        Assert.Equal(1, first.GetProperty("version").GetInt32());
        var job = await program.SubmitAsync(new { agent = name, input = new { task = "Read" } });
        Assert.Equal(name, job.Text("agent"));

        var second = await SavedAsync(new { version = 1, settings = new { description = "Reads more" } });
        Assert.Equal(2, second.GetProperty("version").GetInt32());
        var agent = await program.Admin.GetFromJsonAsync<JsonElement>($"agents/{name}", Now);
        Assert.Equal("Reads more", agent.Text("description"));
        var versions = await program.Admin.GetFromJsonAsync<JsonElement>($"agents/{name}/versions", Now);
        Assert.Equal([2, 1], versions.Items().Select(v => v.GetProperty("version").GetInt32()));
        Assert.Equal(
            "deny",
            versions.Items().Last().GetProperty("settings").GetProperty("tools").GetProperty("fetch").GetString()
        );
        Assert.Equal(2, await CountAsync("agent.defined"));
    }

    [Fact]
    public async Task Its_budget_is_each_jobs_where_the_submission_leaves_it_out()
    {
        await SavedAsync(
            new { settings = new { description = "Reads", budget = new { modelCalls = 3, costUsd = 0.5 } } }
        );
        var usual = await program.SubmitAsync(new { agent = name, input = new { task = "Read" } });
        Assert.Equal([0.5m, 3m], await LimitsAsync(usual));
        var own = await program.SubmitAsync(
            new
            {
                agent = name,
                input = new { task = "Read" },
                budget = new { costUsd = 2 },
            }
        );
        Assert.Equal([2m, 3m], await LimitsAsync(own));

        async Task<IEnumerable<decimal>> LimitsAsync(JsonElement job) =>
            (
                await program
                    .Services.GetRequiredService<BudgetQueries>()
                    .OfJobAsync(job.GetProperty("id").GetGuid(), Now)
            ).Select(reading => reading.Limit);
    }

    [Fact]
    public async Task An_older_version_overwrites_nothing()
    {
        await SavedAsync(new { settings = new { description = "Mine" } });
        await SavedAsync(new { version = 1, settings = new { description = "Yours" } });
        foreach (
            var body in new object[]
            {
                new { settings = new { description = "x" } },
                new { version = 1, settings = new { description = "x" } },
            }
        )
        {
            using var stale = await program.Admin.PutAsJsonAsync($"agents/{name}", body, Now);
            var problem = await stale.ProblemAsync(HttpStatusCode.Conflict, "agent.changed");
            Assert.Equal(2, problem.GetProperty("version").GetInt32());
        }
        using var early = await program.Admin.PutAsJsonAsync(
            $"agents/{name}x",
            new { version = 3, settings = new { description = "x" } },
            Now
        );
        Assert.Equal(
            "There is no agent '" + name + "x' yet. Leave the version out to make it.",
            await early.FieldAsync("version")
        );
    }

    [Fact]
    public async Task Two_who_save_at_once_make_one_version()
    {
        await SavedAsync(new { settings = new { description = "Mine" } });
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    program.Admin.PutAsJsonAsync(
                        $"agents/{name}",
                        new { version = 1, settings = new { description = $"by {i}" } },
                        Now
                    )
                )
        );
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData(
        """{"settings":{"description":"x","maxTurns":0}}""",
        "settings.maxTurns",
        "Give a whole number from 1 to 1000."
    )]
    [InlineData(
        """{"settings":{"description":"x","tools":{"fetch":"maybe"}}}""",
        "settings.tools.fetch",
        "Use one of allow, ask, deny."
    )]
    [InlineData("""{"settings":{"description":"x","agents":["nobody"]}}""", "settings.agents[0]", "Use one of ")]
    [InlineData(
        """{"settings":{"description":"x","queue":"No Queue"}}""",
        "settings.queue",
        "Use 1 to 50 of a-z, 0-9, '-' and '_'."
    )]
    [InlineData(
        """{"settings":{"instructions":"x"}}""",
        "settings.description",
        "It is missing. Give a text in quotes."
    )]
    [InlineData(
        """{"settings":{"description":"x","budget":{"costUsd":0}}}""",
        "settings.budget.costUsd",
        "Use a number above 0"
    )]
    [InlineData("""{"settings":{"description":"x","budget":{"dollars":1}}}""", "settings.budget.dollars", "")]
    [InlineData("""{"settings":{"description":"  "}}""", "settings.description", "It is blank. Say ")]
    [InlineData(
        """{"settings":{"description":"a\u0000b"}}""",
        "settings.description",
        "The text contains the character U+0000."
    )]
    [InlineData(
        """{"settings":{"description":"x","instructions":"a\u0000b"}}""",
        "settings.instructions",
        "The text contains the character U+0000."
    )]
    [InlineData(
        """{"settings":{"description":"x","agents":["contracts","contracts"]}}""",
        "settings.agents[1]",
        "'contracts' stands there twice. Keep one."
    )]
    [InlineData(
        """{"settings":{"description":"x","queue":"nobodys"}}""",
        "settings.queue",
        "No worker serves a queue 'nobodys'. Use one of default, "
    )]
    [InlineData("""{"settings":"{}"}""", "settings", "Give a JSON object.")]
    [InlineData("""{"version":0}""", "settings", "Give the assistant's settings as a JSON object.")]
    public async Task A_mistake_is_told_by_its_field(string body, string field, string remedy)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await program.Admin.PutAsync(new Uri($"agents/{name}", UriKind.Relative), content, Now);
        Assert.StartsWith(remedy, await answer.FieldAsync(field), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        using var answer = await program.Admin.PutAsJsonAsync(
            "agents/Upper",
            new
            {
                settings = new
                {
                    description = " ",
                    queue = "nobodys",
                    maxTurns = 0,
                    budget = new { costUsd = 0 },
                },
            },
            Now
        );
        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid");
        Assert.Equal(
            ["name", "settings.budget.costUsd", "settings.description", "settings.maxTurns", "settings.queue"],
            problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_queue_that_was_given_workers_takes_an_assistant()
    {
        var queue = $"q{name}";
        using var given = await program.Admin.PutAsJsonAsync($"queues/{queue}", new { workers = 1 }, Now);
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        await SavedAsync(new { settings = new { description = "Reads", queue } });
        var agent = await program.Admin.GetFromJsonAsync<JsonElement>($"agents/{name}", Now);
        Assert.Equal(queue, agent.Text("queue"));
    }

    [Theory]
    [InlineData("assistant")]
    [InlineData("new")]
    [InlineData("contracts")]
    [InlineData("Upper")]
    [InlineData("1st")]
    public async Task Names_of_the_program_and_unfit_ones_are_refused(string taken)
    {
        using var answer = await program.Admin.PutAsJsonAsync(
            $"agents/{taken}",
            new { settings = new { description = "x" } },
            Now
        );
        await answer.FieldAsync("name");
    }

    [Fact]
    public async Task Retired_it_takes_no_new_jobs_keeps_those_it_has_and_comes_back_with_an_edit()
    {
        await SavedAsync(new { settings = new { description = "Short-lived" } });
        await program.SubmitAsync(new { agent = name, input = new { task = "Read" } });
        using var gone = await program.Admin.DeleteAsync(new Uri($"agents/{name}?version=1", UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);

        var catalog = program.Services.GetRequiredService<AgentCatalog>();
        Assert.NotNull(catalog.Find(name));
        Assert.DoesNotContain(catalog.All, a => a.Name == name);
        using var refused = await program.Admin.PostAsJsonAsync(
            "jobs",
            new { agent = name, input = new { task = "x" } },
            Now
        );
        await refused.FieldAsync("agent");
        using var again = await program.Admin.DeleteAsync(new Uri($"agents/{name}?version=2", UriKind.Relative), Now);
        await again.ProblemAsync(HttpStatusCode.NotFound, "notFound");
        Assert.Equal(1, await CountAsync("agent.retired"));

        using var blind = await program.Admin.PutAsJsonAsync(
            $"agents/{name}",
            new { settings = new { description = "Back" } },
            Now
        );
        var told = await blind.ProblemAsync(HttpStatusCode.Conflict, "agent.changed");
        Assert.Equal(
            $"'{name}' is retired with version 2. Send its settings with \"version\": 2 to bring it back.",
            told.Text("detail")
        );
        await SavedAsync(new { version = 2, settings = new { description = "Back" } });
        await program.SubmitAsync(new { agent = name, input = new { task = "Read" } });
    }

    [Fact]
    public async Task Only_admins_define()
    {
        using var approver = program.ClientOf(await program.KeyAsync(Role.Approver));
        using var refused = await approver.PutAsJsonAsync(
            $"agents/{name}",
            new { settings = new { description = "x" } },
            Now
        );
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Null(program.Services.GetRequiredService<AgentCatalog>().Find(name));
    }

    private async Task<JsonElement> SavedAsync(object body)
    {
        using var answer = await program.Admin.PutAsJsonAsync($"agents/{name}", body, Now);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Now));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Now);
    }

    private async Task<long> CountAsync(string action)
    {
        await using var database = NpgsqlDataSource.Create(program.ConnectionString);
        await using var command = database.CreateCommand(
            "SELECT count(*) FROM audit_log WHERE action = $1 AND target = $2"
        );
        command.Parameters.Add(new() { Value = action });
        command.Parameters.Add(new() { Value = $"agent:{name}" });
        return (long)(await command.ExecuteScalarAsync(Now))!;
    }
}
