using System.Text.Json;
using AgentControl.Agents.Documents;
using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.LanguageModels;
using AgentControl.Core.Steps;
using AgentControl.Core.Tests.Agents;

namespace AgentControl.Core.Tests.Documents;

/// <summary>What a model says of a document counts where the document says it; once it may correct itself, then the rules take over.</summary>
public sealed class ModelAnalysisTests
{
    private const string Text = """
        This agreement is made on 3 March 2026 between Alder Ltd and Birch
        GmbH. Alder pays EUR 1,200 a month. It is governed by the laws of Ireland.
        Either party may terminate on thirty days' notice. The fee is due at month end.
        """;

    private const string Good = """
        { "parties": ["Alder Ltd", "Birch GmbH"], "dates": [{ "quote": "3 March 2026", "iso": "2026-03-03" }],
          "amounts": [{ "quote": "EUR 1,200", "value": 1200, "currency": "EUR" }], "governingLaw": "the laws of Ireland", "term": null,
          "clauses": [{ "kind": "termination", "quote": "Either party may terminate on thirty days' notice." }], "definedTerms": [] }
        """;

    private static readonly DocumentText Document = DocumentText.From("a.txt", Text);
    private readonly FakeJobContext job = new(new FakeWorkspace());

    [Theory]
    [InlineData("")]
    [InlineData("```json\n")]
    public async Task Extract_AnAnswerThatFits_HasItsPlacesInTheDocument(string fence)
    {
        var models = new ScriptedModels(fence.Length == 0 ? Good : $"{fence}{Good}\n```");

        var found = await Analysis(models).ExtractAsync(Document, job);

        Assert.Equal("sim-1", found.Analyser);
        Assert.Equal(["Alder Ltd", "Birch\nGmbH"], found.Parties.Select(p => p.Text));
        Assert.All(
            [.. found.Parties, found.GoverningLaw!],
            passage => Assert.Equal(Document.Text[passage.Start..passage.End], passage.Text)
        );
        Assert.Equal(new DateOnly(2026, 3, 3), Assert.Single(found.Dates).Iso);
        Assert.Equal(1200m, Assert.Single(found.Amounts).Value);
        Assert.Equal(["extract-model"], job.Steps);
        Assert.Empty(job.Anomalies);
        Assert.NotNull(models.Asked[0].ResponseSchema);
    }

    [Theory]
    [InlineData("I am sorry, I cannot.", "no JSON")]
    [InlineData("""{ "parties": "Alder Ltd" }""", "answer.dates")]
    [InlineData("""{ "parties": ["Cedar Ltd"] }""", "answer.dates")]
    public async Task Extract_AnAnswerThatDoesNotFit_IsCorrectedOnce(string first, string complaint)
    {
        var models = new ScriptedModels(first, Good);

        var found = await Analysis(models).ExtractAsync(Document, job);

        Assert.Equal("sim-1", found.Analyser);
        Assert.Equal(["extract-model", "extract-model-repair"], job.Steps);
        var repair = models.Asked[1].Messages;
        Assert.Equal(first, repair[1].Text);
        Assert.Contains(complaint, repair[2].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Alder Ltd", "Cedar Ltd", "does not say 'Cedar Ltd'")]
    [InlineData("2026-03-03", "3.3.26", "'3.3.26' is no date")]
    [InlineData("\"termination\"", "\"weather\"", "'weather' is not asked for")]
    public async Task Extract_WhatTheDocumentDoesNotSay_IsLeftToTheRules(string good, string bad, string reason)
    {
        var wrong = Good.Replace(good, bad, StringComparison.Ordinal);
        var models = new ScriptedModels(wrong, wrong);

        var found = await Analysis(models).ExtractAsync(Document, job);

        Assert.Equal("offline", found.Analyser);
        Assert.Equal(["extract-model", "extract-model-repair", "extract"], job.Steps);
        Assert.Contains(reason, Assert.Single(job.Anomalies), StringComparison.Ordinal);
        Assert.StartsWith("fallbackUsed:", job.Anomalies[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Summarise_NoModelAnswers_TheRulesDo()
    {
        var sentences = await Analysis(new ScriptedModels()).SummariseAsync(Document, job);

        Assert.NotEmpty(sentences);
        Assert.Equal(["summarise"], job.Steps);
        Assert.Contains("all are down", Assert.Single(job.Anomalies), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Summarise_TheSentencesStandInTheOrderOfTheDocument()
    {
        var models = new ScriptedModels(
            """{ "sentences": ["The fee is due at month end.", "It is governed by the laws of Ireland.", "The fee is due at month end."] }"""
        );

        var sentences = await Analysis(models).SummariseAsync(Document, job);

        Assert.Equal(
            ["It is governed by the laws of Ireland.", "The fee is due at month end."],
            sentences.Select(s => s.Text)
        );
    }

    private static ModelAnalysis Analysis(IModels models) => new(models, new OfflineDocumentAnalyser());

    /// <summary>Says what the test wrote down, then nothing any more.</summary>
    private sealed class ScriptedModels(params string[] answers) : IModels
    {
        public List<ModelRequest> Asked { get; } = [];

        public ModelRoute? Route(string name) => new(name, new ModelTarget("sim", "sim-1"), []);

        public Task<ModelAnswer> AskAsync(
            ModelTarget target,
            ModelRequest request,
            StepCall call,
            Action<string>? onDelta,
            CancellationToken cancellationToken
        )
        {
            Asked.Add(request);
            return Asked.Count > answers.Length
                ? throw new StepFailedException(call.Key, new JobFailure("unavailable", "all are down"))
                : Task.FromResult(
                    new ModelAnswer(
                        answers[Asked.Count - 1],
                        [],
                        "end_turn",
                        target.Provider,
                        target.Model,
                        null,
                        new ModelUsage(1, 1, 0, null)
                    )
                );
        }
    }
}
