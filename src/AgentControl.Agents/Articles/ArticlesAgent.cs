using System.Globalization;
using System.Text.Json;
using AgentControl.Agents.Documents;
using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.LanguageModels;

namespace AgentControl.Agents.Articles;

/// <summary>Writes an article about each topic: one child for each.</summary>
[Agent(
    "articles",
    "1",
    Description = "Researches topics in files and pages, asks where they conflict, and writes articles that a person approves."
)]
public sealed class ArticlesAgent(IModels? models) : IAgent<ArticlesInput, ArticlesOutput>
{
    /// <summary>The route of <c>AgentControl:Models</c> that articles are written with; without it, <c>default</c>.</summary>
    public const string Route = "articles";

    public async Task<ArticlesOutput> RunAsync(
        ArticlesInput input,
        IJobContext job,
        CancellationToken cancellationToken
    )
    {
        var route = await job.StepAsync("route", _ => Task.FromResult(Choose()));
        var sources = await ArticleSource.ResolveAsync(input.Sources, job.Workspace);
        var names = ResultNames.For(input.Topics);
        var group = await job.SpawnAsync(
            ArticleAgent.Name,
            [
                .. input.Topics.Zip(
                    names,
                    (topic, name) =>
                        new ArticleInput(topic, sources, route, $"jobs/{job.Job.Id}/{name}.md", input.Approval)
                ),
            ],
            new SpawnOptions
            {
                Name = "topics",
                Queue = ArticleQueues.Research,
                Names = input.Topics,
            }
        );
        await job.ReportProgressAsync(0, group.Count, "articles", "Articles are being written");
        for (var ended = 1; ended <= group.Count; ended++)
        {
            var counts = await job.WhenChildrenFinish(group, ended);
            await job.ReportProgressAsync(
                Math.Max(counts.Ended, ended),
                group.Count,
                "articles",
                "Articles are being written"
            );
        }
        var children = await job.ChildResultsAsync(group);
        var results = input.Topics.Zip(children, Result).ToList();
        var written = results.Count(result => result.Path is not null);
        // What a person turned down is a decision; where every article failed by itself, so did the job.
        if (children.All(child => child.State == JobState.Failed))
            throw new PermanentFailureException("articles", $"No article could be written. {results[0].Reason}");
        await job.Workspace.CommentAsync(
            string.Create(CultureInfo.InvariantCulture, $"{written} of {results.Count} articles written.")
        );
        return new ArticlesOutput(results, written);
    }

    private string Choose() =>
        models?.Route(Route) is not null ? Route
        : models?.Route("default") is not null ? "default"
        : throw new PermanentFailureException(
            "route",
            $"No model is configured for articles. Set AgentControl:Models:{Route}:Primary."
        );

    private static ArticleResult Result(string topic, ChildResult child) =>
        child.Output is { ValueKind: JsonValueKind.Object } output
            ? new(topic, output.Deserialize<ArticleOutput>(JournalJson.Options)!.Path, null)
            : new(
                topic,
                null,
                Message(child.Error)
                    ?? (child.State == JobState.Cancelled ? "It was not published." : "Its job has no output.")
            );

    /// <summary>The sentence of a failure as the journal keeps it.</summary>
    private static string? Message(string? error)
    {
        try
        {
            return error is null ? null : JsonSerializer.Deserialize<JobFailure>(error, JournalJson.Options)?.Message;
        }
        catch (JsonException)
        {
            return error;
        }
    }
}
