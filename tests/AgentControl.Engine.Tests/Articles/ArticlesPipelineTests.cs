using System.Text;
using System.Text.Json;
using AgentControl.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Workspaces;
using AgentControl.Simulation;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Articles;

/// <summary>The article pipeline on the real engine, with a provider's simulator behind real HTTP.</summary>
public sealed class ArticlesPipelineTests(PostgresFixture postgres)
{
    private const string First = "The bridge is made of iron. It opened in 1901.";
    private const string Second = "After a long strike the bridge opened in 1905.";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_sources_conflict_a_person_chooses_and_the_article_that_is_approved_is_written()
    {
        await using var simulator = await ProviderSimulator.StartAsync(cancellationToken: Now);
        simulator.Answers.Use(Write);
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await StartAsync(database, simulator);

        var id = await SubmitAsync(engine, "https://127.0.0.1/secret", "sources/missing.txt");
        var choice = await PendingAsync(engine, id);
        Assert.Equal("When did the bridge open?", choice.Title);
        Assert.Contains("> It opened in 1901.", choice.Content, StringComparison.Ordinal);
        Assert.Contains("> After a long strike the bridge opened in 1905.", choice.Content, StringComparison.Ordinal);
        Assert.Equal(["s1c2", "s2c1"], choice.Options);
        await DecideAsync(engine, choice.Id, ApprovalDecision.Choose, "s2c1");

        var publish = await PendingAsync(engine, id, choice.Id);
        Assert.Equal(
            """
            # The bridge

            ## How it was built

            Edited: It is made of iron [s1].

            ## When it opened

            Edited: It opened in 1905 [s2].

            ## Sources

            - [s1] sources/a.txt
            - [s2] sources/b.txt

            """,
            publish.Content,
            ignoreLineEndingDifferences: true
        );
        await DecideAsync(engine, publish.Id, ApprovalDecision.Approve);
        await engine.UntilAsync(id, "succeeded");

        // What lost is not shown to the writer any more.
        var written = simulator
            .Calls.All.Where(c => c.Body.GetRawText().Contains("Write the section", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(2, written.Count);
        Assert.All(written, call => Assert.DoesNotContain("1901", call.Body.GetRawText(), StringComparison.Ordinal));
        var article = (await engine.OutputAsync(id)).GetProperty("articles")[0];
        Assert.Equal($"jobs/{id}/The-bridge.md", article.GetProperty("path").GetString());
        Assert.Equal(publish.Content, await ReadAsync(engine, $"jobs/{id}/The-bridge.md"));
        var child = await engine.ScalarAsync<Guid>($"SELECT id FROM jobs WHERE parent_id = '{id}'");
        Assert.Equal(
            ["Research complete. Writing section 1 of 2", "Research complete. Writing section 2 of 2"],
            await engine.ScalarAsync<string[]>(
                $"SELECT array_agg(data::jsonb ->> 'detail' ORDER BY no) FROM events WHERE job_id = '{child}' AND type = 'progress' AND data::jsonb ->> 'stage' = 'write'"
            )
        );
        Assert.Equal(
            ["researched", "section-1", "section-2"],
            await engine.ScalarAsync<string[]>(
                $"SELECT array_agg(DISTINCT key ORDER BY key) FROM checkpoints WHERE job_id = '{child}'"
            )
        );
        var unread = (await engine.OutputAsync(child)).GetProperty("unread");
        Assert.Equal(
            ["https://127.0.0.1/secret", "sources/missing.txt"],
            unread.EnumerateArray().Select(u => u.GetProperty("name").GetString())
        );
    }

    [Fact]
    public async Task An_article_that_is_turned_down_is_not_written_and_the_reason_stands_in_the_batch()
    {
        await using var simulator = await ProviderSimulator.StartAsync(cancellationToken: Now);
        simulator.Answers.Use(conversation =>
            conversation.LastText.StartsWith("Find", StringComparison.Ordinal)
                ? new("""{ "conflicts": [] }""")
                : Write(conversation)
        );
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await StartAsync(database, simulator);

        var id = await SubmitAsync(engine);
        await DecideAsync(engine, (await PendingAsync(engine, id)).Id, ApprovalDecision.Reject, comment: "too short");
        await engine.UntilAsync(id, "succeeded");

        var output = await engine.OutputAsync(id);
        Assert.Equal(0, output.GetProperty("written").GetInt32());
        Assert.Equal(JsonValueKind.Null, output.GetProperty("articles")[0].GetProperty("path").ValueKind);
        Assert.NotEqual("", output.GetProperty("articles")[0].GetProperty("reason").GetString());
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>(
                "SELECT count(*) FROM events WHERE type = 'file.written' AND job_id IS NOT NULL"
            )
        );
    }

    [Fact]
    public async Task A_quotation_that_no_source_bears_out_goes_back_and_an_edit_that_loses_a_section_is_not_used()
    {
        await using var simulator = await ProviderSimulator.StartAsync(cancellationToken: Now);
        simulator.Answers.Use(conversation =>
            conversation.LastText switch
            {
                var text when text.StartsWith("List", StringComparison.Ordinal) => new(
                    """{ "claims": [{ "statement": "It is old.", "quote": "It is very old." }] }"""
                ),
                var text
                    when text.StartsWith("Your answer cannot be used", StringComparison.Ordinal)
                        && text.Contains("It is very old.", StringComparison.Ordinal) => new(
                    """{ "claims": [{ "statement": "It opened.", "quote": "opened in" }] }"""
                ),
                var text when text.StartsWith("Find", StringComparison.Ordinal) => new("""{ "conflicts": [] }"""),
                var text
                    when text.Contains("Edit this article", StringComparison.Ordinal)
                        || text.Contains("give 2, one for each", StringComparison.Ordinal) => new(
                    """{ "sections": [{ "markdown": "All in one." }] }"""
                ),
                _ => Write(conversation),
            }
        );
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await StartAsync(database, simulator);

        var id = await SubmitAsync(engine);
        var publish = await PendingAsync(engine, id);
        Assert.Contains("It is made of iron [s1].", publish.Content, StringComparison.Ordinal);
        Assert.DoesNotContain("All in one", publish.Content, StringComparison.Ordinal);
        Assert.All(
            simulator.Calls.All.Where(c => c.Body.GetRawText().Contains("Plan an article", StringComparison.Ordinal)),
            plan => Assert.DoesNotContain("very old", plan.Body.GetRawText(), StringComparison.Ordinal)
        );
        Assert.Equal(
            "fallbackUsed",
            await engine.ScalarAsync<string>("SELECT data::jsonb ->> 'kind' FROM events WHERE type = 'anomaly'")
        );
    }

    [Fact]
    public async Task A_batch_of_which_nothing_could_be_written_fails_with_the_reason_in_a_sentence()
    {
        await using var simulator = await ProviderSimulator.StartAsync(cancellationToken: Now);
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await StartAsync(database, simulator);

        var id = await engine.SubmitAsync(
            "articles",
            new { topics = new[] { "The bridge" }, sources = new[] { "missing.txt" } }
        );
        await engine.UntilAsync(id, "failed");

        Assert.Equal(
            "No article could be written. None of the sources could be read. missing.txt: there is no such file in the workspace.",
            await engine.ScalarAsync<string>(
                $"SELECT error::jsonb ->> 'message' FROM job_results WHERE job_id = '{id}'"
            )
        );
    }

    [Fact]
    public async Task Without_a_model_the_batch_says_which_key_to_set()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [.. BuiltInAgents.All(synthetic: false)]);

        var id = await engine.SubmitAsync(
            "articles",
            new { topics = new[] { "The bridge" }, sources = new[] { "a.txt" } }
        );
        await engine.UntilAsync(id, "failed");

        Assert.Contains("AgentControl:Models:articles:Primary", await engine.LogAsync(id), StringComparison.Ordinal);
    }

    /// <summary>A model that researches and writes well.</summary>
    private static Answer Write(Conversation conversation)
    {
        var text = conversation.LastText;
        bool Asks(string task) => text.StartsWith(task, StringComparison.Ordinal);
        return new(
            Asks("List") && text.Contains(First, StringComparison.Ordinal)
                ? """
                { "claims": [{ "statement": "The bridge is made of iron.", "quote": "The bridge is made of iron." }, { "statement": "It opened in 1901.", "quote": "It opened in 1901." }] }
                """
            : Asks("List")
                ? """
                { "claims": [{ "statement": "It opened in 1905.", "quote": "After a long strike the bridge opened in 1905." }] }
                """
            : Asks("Find")
                ? """
                { "conflicts": [{ "question": "When did the bridge open?", "sides": [{ "answer": "1901", "claim": "s1c2" }, { "answer": "1905", "claim": "s2c1" }] }] }
                """
            : Asks("Plan")
                ? """
                { "title": "The bridge", "sections": [{ "heading": "How it was built", "about": "Iron." }, { "heading": "When it opened", "about": "The year." }] }
                """
            : Asks("Write the section \"How") ? """{ "markdown": "It is made of iron [s1]." }"""
            : Asks("Write") ? """{ "markdown": "It opened in 1905 [s2]." }"""
            : """
            { "sections": [{ "markdown": "Edited: It is made of iron [s1]." }, { "markdown": "Edited: It opened in 1905 [s2]." }] }
            """
        );
    }

    private static Task<EngineProcess> StartAsync(TestDatabase database, ProviderSimulator simulator) =>
        EngineProcess.StartAsync(
            database,
            [.. BuiltInAgents.All(synthetic: false)],
            new()
            {
                ["AgentControl:Providers:anthropic:ApiKey"] = "any",
                ["AgentControl:Providers:anthropic:BaseUrl"] = simulator.Address.AbsoluteUri,
                ["AgentControl:Models:articles:Primary"] = "anthropic:sim-1",
            }
        );

    private static async Task<Guid> SubmitAsync(EngineProcess engine, params string[] more)
    {
        foreach (var (name, text) in new[] { ("a.txt", First), ("b.txt", Second) })
            await engine
                .Get<WorkspaceFiles>()
                .WriteAsync(
                    new FileWrite(
                        Guid.CreateVersion7(),
                        WorkspaceName.Default,
                        WorkspacePath.Of("sources/" + name),
                        Author.Person("Ana")
                    ),
                    Encoding.UTF8.GetBytes(text),
                    Now
                );
        return await engine.SubmitAsync(
            "articles",
            new { topics = new[] { "The bridge" }, sources = (string[])["sources/", .. more] }
        );
    }

    private static async Task<(Guid Id, string Title, string Content, string[] Options)> PendingAsync(
        EngineProcess engine,
        Guid batch,
        Guid? behind = null
    )
    {
        var where =
            $"FROM approvals a JOIN jobs j ON j.id = a.job_id WHERE j.parent_id = '{batch}' AND a.state = 'pending' AND a.id <> '{behind ?? Guid.Empty}'";
        await engine.UntilTrueAsync(batch, $"SELECT EXISTS (SELECT 1 {where})");
        var id = await engine.ScalarAsync<Guid>($"SELECT a.id {where}");
        var approval = (await engine.Get<ApprovalQueries>().FindAsync(id, Now))!;
        var options = await engine.ScalarAsync<string[]>(
            $"SELECT COALESCE((SELECT array_agg(o ->> 'value') FROM jsonb_array_elements(options::jsonb) o), '{{}}') FROM approvals WHERE id = '{id}'"
        );
        return (id, approval.Title, approval.Content, options);
    }

    private static async Task DecideAsync(
        EngineProcess engine,
        Guid approval,
        ApprovalDecision decision,
        string? value = null,
        string? comment = null
    ) =>
        Assert.IsType<DecideOutcome.Decided>(
            await engine
                .Get<ApprovalCommands>()
                .DecideAsync(
                    approval,
                    decision,
                    1,
                    comment,
                    value is null ? null : JsonSerializer.SerializeToElement(value),
                    Deciders.Ana,
                    Now
                )
        );

    private static async Task<string> ReadAsync(EngineProcess engine, string path)
    {
        await using var file = await engine
            .Get<WorkspaceFileQueries>()
            .OpenAsync(WorkspaceName.Default, WorkspacePath.Of(path), null, Now);
        using var reader = new StreamReader(file!.Content);
        return await reader.ReadToEndAsync(Now);
    }
}
