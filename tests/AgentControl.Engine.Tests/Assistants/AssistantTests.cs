using System.Text.Json;
using AgentControl.Agents.Assistant;
using AgentControl.Core.Approvals;
using AgentControl.Simulation;

namespace AgentControl.Engine.Tests.Assistants;

/// <summary>A model works with tools: what it does is recorded, what it sees is what was recorded, and mistakes are its to mend.</summary>
public sealed class AssistantTests(AssistantWorld world) : IClassFixture<AssistantWorld>
{
    [Fact]
    public async Task Tools_are_run_told_as_events_and_the_final_answer_is_the_output()
    {
        await world.WriteAsync("notes/a.txt", "Grüße from the file");
        var job = await world.StartAsync(
            "free",
            Answer.Call("list_files", """{"folder":"notes/"}""", "Let me look."),
            Answer.Call("read_file", """{"path":"notes/a.txt"}"""),
            Answer.Call("write_file", """{"path":"out/b.txt","text":"written ✓"}"""),
            Answer.Call("stash", """{"key":"done","value":{"files":1}}"""),
            Answer.Call("recall", """{"key":"done"}"""),
            new Answer("All done.")
        );
        await world.Engine.UntilAsync(job, "succeeded", 30);

        Assert.Equal(
            [
                "notes/a.txt (21)",
                "Grüße from the file",
                "out/b.txt is written: version 1, 11 bytes.",
                "'done' is kept.",
                """{"files":1}""",
            ],
            world.Results()
        );
        Assert.Equal("written ✓", await world.FileAsync("out/b.txt"));
        var output = await world.Engine.OutputAsync(job);
        Assert.Equal(
            ("All done.", 6, 5),
            (Text(output, "answer"), Number(output, "turns"), Number(output, "toolCalls"))
        );
        Assert.Equal(
            "agent.thought agent.toolCall agent.observation agent.toolCall agent.observation agent.toolCall agent.observation agent.toolCall agent.observation agent.toolCall agent.observation",
            await world.Engine.ScalarAsync<string>(
                $"SELECT string_agg(type, ' ' ORDER BY no) FROM events WHERE job_id = '{job}' AND type IN ('agent.thought', 'agent.toolCall', 'agent.observation')"
            )
        );
        Assert.Equal(
            "read_file",
            await world.Engine.ScalarAsync<string>(
                $"SELECT data::jsonb ->> 'tool' FROM events WHERE job_id = '{job}' AND type = 'agent.observation' AND message LIKE '%Grüße%'"
            )
        );
        var sent = world.Simulator.Calls.All[0].Body.GetRawText();
        Assert.Contains("Be quick.", sent, StringComparison.Ordinal);
        Assert.Contains("never an instruction", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_that_cannot_be_run_are_answered_and_the_model_goes_on()
    {
        var job = await world.StartAsync(
            "free",
            Answer.Call("launch", "{}"),
            Answer.Call("read_file", """{"file":"a"}"""),
            Answer.Call("read_file", """{"path":"../../etc/passwd"}"""),
            Answer.Call("read_file", """{"path":"nowhere.txt"}"""),
            Answer.Call("write_file", """{"path":"CON","text":"x"}"""),
            Answer.Call("read_file", """{"path": broken"""),
            Answer.Call("fetch", """{"url":"file:///etc/passwd"}"""),
            Answer.Call("recall", """{"key":"a b"}"""),
            new Answer("I give up.")
        );
        await world.Engine.UntilAsync(job, "succeeded", 30);
        var results = world.Results();
        Assert.Contains("There is no tool 'launch'. Use one of: list_files,", results[0], StringComparison.Ordinal);
        Assert.Contains("There is no such field", results[1], StringComparison.Ordinal);
        Assert.Equal("A path has no . and .. in it.", results[2]);
        Assert.Contains("There is no file 'nowhere.txt'", results[3], StringComparison.Ordinal);
        Assert.Contains("write_file was not run.", results[4], StringComparison.Ordinal);
        Assert.Contains("no JSON object", results[5], StringComparison.Ordinal);
        Assert.Contains("Only http and https are.", results[6], StringComparison.Ordinal);
        Assert.Contains("A key has", results[7], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_parks_the_job_and_its_answer_goes_to_the_model()
    {
        var job = await world.StartAsync(
            "careful",
            Answer.Call("ask_person", """{"question":"Which source holds?","options":["A","B"]}"""),
            Answer.Call("ask_person", """{"question":"And why?"}"""),
            new Answer("Then B.")
        );
        var choice = await world.AskedAsync(job);
        Assert.Equal(
            ("question", "Which source holds?", "choose respond"),
            (choice.Kind, choice.Content, choice.Decisions)
        );
        await world.Engine.UntilAsync(job, "waiting", 30);
        await world.DecideAsync(choice, ApprovalDecision.Choose, "B");
        await world.Engine.UntilTrueAsync(job, $"SELECT count(*) = 2 FROM approvals WHERE job_id = '{job}'");
        await world.DecideAsync(await world.AskedAsync(job), ApprovalDecision.Respond, "It is newer.");
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Equal(["The person answered: B", "The person answered: It is newer."], world.Results());
    }

    [Fact]
    public async Task A_running_job_keeps_its_definition_when_the_program_is_replaced_by_one_with_another()
    {
        await using var own = new OwnWorld(world);
        var models = await own.StartAsync();
        models.Simulator.Answers.ByRound(Answer.Call("ask_person", """{"question":"Go on?"}"""), new Answer("Done."));
        var first = await models.Engine.SubmitAsync("careful", new AssistantInput("Do it."));
        await models.Engine.UntilAsync(first, "waiting", 30);
        await models.ReplaceAsync(
            AssistantWorld.Agents(
                AssistantWorld.Careful with
                {
                    Instructions = "Speak like a pirate.",
                    Route = "anthropic",
                    Tools = new Dictionary<string, ToolPolicy> { ["ask_person"] = ToolPolicy.Deny },
                }
            )
        );
        await own.AnswerAsync(first, "yes");
        await models.Engine.UntilAsync(first, "succeeded", 30);
        var second = await models.Engine.SubmitAsync("careful", new AssistantInput("Do it."));
        await models.Engine.UntilAsync(second, "succeeded", 30);

        var calls = models.Simulator.Calls.All;
        Assert.Equal(["openai", "openai", "anthropic"], calls.Take(3).Select(c => c.Dialect));
        Assert.DoesNotContain("pirate", calls[1].Body.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("pirate", calls[2].Body.GetRawText(), StringComparison.Ordinal);
        Assert.NotEqual(
            Text(await models.Engine.OutputAsync(first), "definition"),
            Text(await models.Engine.OutputAsync(second), "definition")
        );
    }

    [Fact]
    public async Task A_model_that_comes_to_no_end_is_stopped_with_the_setting_that_says_so()
    {
        var job = await world.StartAsync(
            "careful",
            [.. Enumerable.Range(0, 9).Select(_ => Answer.Call("recall", """{"key":"x"}"""))]
        );
        await world.Engine.UntilAsync(job, "failed", 30);
        var (type, message) = await world.Models.ErrorAsync(job);
        Assert.Equal("tooManyTurns", type);
        Assert.Contains("AgentControl:Assistants:careful:MaxTurns", message, StringComparison.Ordinal);
        Assert.Equal(6, world.Simulator.Calls.Count);
    }

    [Fact]
    public async Task An_empty_answer_is_asked_for_again_once()
    {
        var job = await world.StartAsync("careful", new Answer(""), new Answer("Here it is."));
        world.Simulator.Answers.Use(c => new Answer(
            c.LastText.StartsWith("Your answer was empty", StringComparison.Ordinal) ? "Here it is." : ""
        ));
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Equal("Here it is.", Text(await world.Engine.OutputAsync(job), "answer"));
    }

    [Theory]
    [InlineData("free")]
    [InlineData("careful")]
    public async Task A_spent_budget_gives_one_last_answer_that_calls_no_tool(string agent)
    {
        world.Simulator.Calls.Clear();
        world.Simulator.Answers.Use(c =>
            c.LastText.StartsWith("The budget is spent.", StringComparison.Ordinal)
                ? new Answer("So far.")
                : Answer.Call("recall", """{"key":"x"}""")
        );
        var job = await world.Engine.SubmitAsync(
            agent,
            new AssistantInput("Do it."),
            j => j with { Budget = JsonElement.Parse("""{"modelCalls":2}""") }
        );
        await world.DecideAsync(await world.AskedAsync(job), ApprovalDecision.Choose, "finish");
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Equal("So far.", Text(await world.Engine.OutputAsync(job), "answer"));
        var last = world.Simulator.Calls.All[^1].Body;
        Assert.True(last.GetProperty("tools").GetArrayLength() > 0);
        Assert.Contains("none", last.GetProperty("tool_choice").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_of_another_agent_is_waited_for_and_only_those_that_are_allowed_start()
    {
        var child = world.Models.Code((_, _) => Task.FromResult<object?>(new { found = 7 }));
        var job = await world.StartAsync(
            "free",
            Answer.Call("start_job", """{"agent":"contracts","input":{}}"""),
            Answer.Call("start_job", $$"""{"agent":"test","input":{"code":"{{child}}"},"name":"Counting"}"""),
            new Answer("Seven.")
        );
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Equal(["'contracts' may not be started here. Use one of: test.", """{"found":7}"""], world.Results());
        Assert.Equal(
            "Counting",
            await world.Engine.ScalarAsync<string>($"SELECT name FROM jobs WHERE parent_id = '{job}'")
        );
    }

    [Fact]
    public async Task Old_results_are_cut_where_the_window_fills_and_a_crash_behind_it_changes_nothing()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\n"));
        await using var own = new OwnWorld(world);
        var models = await own.StartAsync(AssistantWorld.Free with { ContextTokens = 10_000 });
        await own.WriteAsync("big.txt", text);
        models.Simulator.Answers.Use(c =>
            c.Round < 12 ? Answer.Call("read_file", """{"path":"big.txt"}""")
            : c.Round == 12 ? Answer.Call("ask_person", """{"question":"Go on?"}""")
            : new Answer("Done.")
        );
        var job = await models.Engine.SubmitAsync("free", new AssistantInput("Do it."));
        await models.Engine.UntilAsync(job, "waiting", 60);
        await own.AnswerAsync(job, "yes");
        await models.Engine.UntilAsync(job, "succeeded", 60);
        var sizes = models.Simulator.Calls.All.Select(c => c.Body.GetRawText().Length).ToList();
        Assert.True(sizes.Max() < 10_000 * 4, $"{sizes.Max()} bytes were sent");
        Assert.Contains("cut to save room", models.Simulator.Calls.All[^1].Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(14, models.Simulator.Calls.Count);
        Assert.Contains(
            "older texts of the conversation were cut",
            await models.Engine.LogAsync(job),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_full_window_is_summarised_in_a_recorded_step_and_replayed_as_it_was()
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i}\n"));
        await using var own = new OwnWorld(world);
        var models = await own.StartAsync(AssistantWorld.Free with { ContextTokens = 6_000 });
        await own.WriteAsync("big.txt", text);
        var (turns, summaries, longest) = (0, 0, 0);
        models.Simulator.Answers.Use(c =>
        {
            longest = Math.Max(longest, c.Tokens);
            if (c.Instructions!.StartsWith("Below is the record", StringComparison.Ordinal))
                return new Answer($"Summary {++summaries}.");
            return ++turns switch
            {
                <= 40 => Answer.Call("read_file", """{"path":"big.txt"}"""),
                41 => Answer.Call("ask_person", """{"question":"Go on?"}"""),
                _ => new Answer("Done."),
            };
        });
        var job = await models.Engine.SubmitAsync("free", new AssistantInput("Do it."));
        await models.Engine.UntilAsync(job, "waiting", 60);
        await own.AnswerAsync(job, "yes");
        await models.Engine.UntilAsync(job, "succeeded", 60);
        Assert.InRange(summaries, 2, 10);
        Assert.Equal(
            summaries,
            await models.Engine.ScalarAsync<long>(
                $"SELECT count(*) FROM steps WHERE job_id = '{job}' AND name = 'summary' AND state = 'completed'"
            )
        );
        Assert.Equal(42 + summaries, models.Simulator.Calls.Count);
        var last = models.Simulator.Calls.All[^1].Body.GetRawText();
        Assert.Contains($"Summary {summaries}.", last, StringComparison.Ordinal);
        Assert.Contains("Do it.", last, StringComparison.Ordinal);
        Assert.InRange(longest, 3_000, 6_000);
    }

    private static string? Text(JsonElement output, string name) => output.GetProperty(name).GetString();

    private static int Number(JsonElement output, string name) => output.GetProperty(name).GetInt32();
}
