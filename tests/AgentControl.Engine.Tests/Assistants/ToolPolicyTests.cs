using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Simulation;

namespace AgentControl.Engine.Tests.Assistants;

/// <summary>A tool that needs approval runs with exactly the bytes that were approved, and in no other way.</summary>
public sealed class ToolPolicyTests(AssistantWorld world) : IClassFixture<AssistantWorld>
{
    private readonly string path = $"out/{Guid.NewGuid():n}.txt";

    [Fact]
    public async Task An_approved_call_runs_with_the_bytes_that_were_shown()
    {
        var job = await WriteAsync("Überweisen: 10 €");
        var asked = await world.AskedAsync(job);
        Assert.Equal("approve edit reject respond", asked.Decisions);
        Assert.Equal($"{{\n  \"path\": \"{path}\",\n  \"text\": \"Überweisen: 10 €\"\n}}", asked.Content);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(asked.Content))), asked.Sha256);
        Assert.Null(await world.FileAsync(path));

        await world.DecideAsync(asked, ApprovalDecision.Approve);
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Equal("Überweisen: 10 €", await world.FileAsync(path));
        Assert.Equal($"{path} is written: version 1, 19 bytes.", Assert.Single(world.Results()));
    }

    [Fact]
    public async Task Arguments_that_changed_behind_the_approval_are_refused()
    {
        var job = await WriteAsync("pay 10");
        var asked = await world.AskedAsync(job);
        // Whoever can write to the journal changes what the model is said to have asked for.
        Assert.Equal(
            1,
            await world.Engine.ExecuteAsync(
                $"UPDATE steps SET result = convert_to(replace(convert_from(result, 'UTF8'), 'pay 10', 'pay 99'), 'UTF8') WHERE job_id = '{job}' AND kind = 'model' AND convert_from(result, 'UTF8') LIKE '%pay 10%'"
            )
        );
        await world.DecideAsync(asked, ApprovalDecision.Approve);
        await world.Engine.UntilAsync(job, "failed", 30);
        Assert.Equal("approvedOtherwise", (await world.Models.ErrorAsync(job)).Type);
        Assert.Null(await world.FileAsync(path));
    }

    [Fact]
    public async Task Arguments_that_changed_behind_an_edit_are_refused_too()
    {
        var job = await WriteAsync("pay 10");
        var asked = await world.AskedAsync(job);
        await world.Engine.ExecuteAsync(
            $"UPDATE steps SET result = convert_to(replace(convert_from(result, 'UTF8'), 'pay 10', 'pay 99'), 'UTF8') WHERE job_id = '{job}' AND kind = 'model'"
        );
        await world.DecideAsync(asked, ApprovalDecision.Edit, $$"""{"path":"{{path}}","text":"pay 5"}""");
        await world.Engine.UntilAsync(job, "failed", 30);
        Assert.Equal("approvedOtherwise", (await world.Models.ErrorAsync(job)).Type);
        Assert.Null(await world.FileAsync(path));
    }

    [Theory]
    [InlineData("no json", "value: Give a JSON object, or a text of one.")]
    [InlineData(
        """{"path":"a.txt","text":"\ud800"}""",
        "value: It holds half of a surrogate pair. Send whole characters."
    )]
    [InlineData(
        """{"path":"a.txt","\ud800":"x"}""",
        "value: It holds half of a surrogate pair. Send whole characters."
    )]
    [InlineData(
        """{"path":"a.txt","text":"x","PATH":"b.txt"}""",
        "value: The field 'PATH' stands there twice. Give each field once."
    )]
    [InlineData("""{"path":"a.txt"}""", "value.text: It is missing. Give a text in quotes.")]
    [InlineData("""{"path":7,"text":"x"}""", "value.path: Give a text in quotes.")]
    [InlineData(
        """{"path":"a.txt","text":"x","mode":"w"}""",
        "value.mode: There is no such field. Use path, text, or leave it out."
    )]
    public async Task An_edit_that_does_not_fit_is_refused_and_a_better_one_runs(string unfit, string problem)
    {
        var job = await WriteAsync("pay 10");
        var asked = await world.AskedAsync(job);
        var refused = Assert.IsType<DecideOutcome.Invalid>(
            await world.TryDecideAsync(asked, ApprovalDecision.Edit, unfit)
        );
        Assert.Equal([problem], refused.Errors.SelectMany(e => e.Value.Select(said => $"{e.Key}: {said}")));
        await world.DecideAsync(asked, ApprovalDecision.Edit, $$"""{"path":"{{path}}","text":"pay 5"}""", "too much");
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Equal("pay 5", await world.FileAsync(path));
        var told = Assert.Single(world.Results());
        Assert.Contains(
            "A person changed the arguments before it ran. too much It ran with:",
            told,
            StringComparison.Ordinal
        );
        Assert.Contains("pay 5", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_call_does_not_run_and_the_model_reads_why()
    {
        var job = await WriteAsync("pay 10");
        await world.DecideAsync(await world.AskedAsync(job), ApprovalDecision.Reject, comment: "Not this month.");
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Null(await world.FileAsync(path));
        Assert.Contains(
            "a person refused it. Not this month.",
            Assert.Single(world.Results()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_person_may_answer_in_the_tools_place()
    {
        var job = await WriteAsync("pay 10");
        await world.DecideAsync(await world.AskedAsync(job), ApprovalDecision.Respond, "It is paid already.");
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Null(await world.FileAsync(path));
        Assert.Contains(
            "A person answered in its place: It is paid already.",
            Assert.Single(world.Results()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nobody_is_asked_about_arguments_that_do_not_fit()
    {
        var job = await world.StartAsync("careful", Answer.Call("write_file", """{"path":3}"""), new Answer("Done."));
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Equal(
            "write_file was not run. arguments.path: Give a text in quotes. arguments.text: It is missing. Give a text in quotes.",
            Assert.Single(world.Results())
        );
        Assert.Equal(0, await world.Engine.ScalarAsync<long>($"SELECT count(*) FROM approvals WHERE job_id = '{job}'"));
    }

    [Fact]
    public async Task A_denied_tool_is_not_offered_and_does_not_run()
    {
        var job = await WriteAsync("pay 10", "denied");
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Null(await world.FileAsync(path));
        Assert.Contains("There is no tool 'write_file'.", Assert.Single(world.Results()), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "write_file",
            world.Simulator.Calls.All[0].Body.GetProperty("tools").GetRawText(),
            StringComparison.Ordinal
        );
    }

    private Task<Guid> WriteAsync(string text, string agent = "careful") =>
        world.StartAsync(
            agent,
            Answer.Call("write_file", $$"""{"path":"{{path}}","text":"{{text}}"}""", "I pay."),
            new Answer("Done.")
        );
}
