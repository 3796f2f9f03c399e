using System.Globalization;
using AgentControl.Agents.Web;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.LanguageModels;
using AgentControl.Core.Steps;

namespace AgentControl.Agents.Articles;

/// <summary>Writes one article: research on queue <c>research</c>, sections on <c>write</c>, the last hand and the approval on <c>edit</c>, with a checkpoint after each part.</summary>
[Agent(Name, "1", Description = "Writes one article.", Queue = ArticleQueues.Research, Internal = true)]
public sealed class ArticleAgent(Func<GuardedFetch> web, IModels? models) : IAgent<ArticleInput, ArticleOutput>
{
    public const string Name = "articles.topic";
    private const int ReadAtOnce = 3;

    public async Task<ArticleOutput> RunAsync(ArticleInput input, IJobContext job, CancellationToken cancellationToken)
    {
        var desk = new WritingDesk(
            models ?? throw new PermanentFailureException("route", "No model is configured any more."),
            input.Route,
            input.Topic,
            job
        );
        await job.ReportProgressAsync(0, null, "research", $"Reading {Counted(input.Sources.Count, "source")}");
        var sources = await job.Parallel(
            "sources",
            input.Sources,
            ReadAtOnce,
            async (source, own, _) => await ArticleSource.ReadAsync(source, own, web)
        );
        var unread = Unread(sources, job);
        var claims = await desk.ResearchAsync(sources);
        if (claims.Count == 0)
            throw new PermanentFailureException(
                "research",
                $"No source says anything about '{input.Topic}'. Give others."
            );
        var resolutions = await ResolveAsync(await desk.CompareAsync(claims), claims, job);
        await job.StashAsync(
            "researched",
            new ResearchCheckpoint(sources.Count - unread.Count, claims.Count, resolutions.Count)
        );

        await job.ContinueOnAsync(ArticleQueues.Write);
        var dropped = resolutions.SelectMany(resolution => resolution.Dropped).ToHashSet(StringComparer.Ordinal);
        var facts = new Facts([.. claims.Where(claim => !dropped.Contains(claim.Id))], resolutions);
        var outline = await desk.OutlineAsync(facts);
        var sections = await WriteAsync(desk, outline, facts, job);

        await job.ContinueOnAsync(ArticleQueues.Edit);
        var (done, parts) = (sections.Count + 1, sections.Count + 2);
        await job.ReportProgressAsync(done, parts, "edit", "All sections are written. Editing");
        var edited = await desk.EditAsync(outline, sections, facts);
        var article = await PublishAsync(input, Draft.Write(outline, edited, facts.Sources), done, parts, job);
        await job.Workspace.WriteTextAsync(input.Path, article, "text/markdown");
        await job.Workspace.CommentAsync($"The article about {input.Topic} is in `{input.Path}`.", input.Path);
        await job.ReportProgressAsync(parts, parts, "done", "Published");
        return new ArticleOutput(input.Path, sections.Count, resolutions.Count, unread);
    }

    private static List<UnreadSource> Unread(IReadOnlyList<ArticleSource> sources, IJobContext job)
    {
        var unread = sources
            .Where(source => source.Text is null)
            .Select(source => new UnreadSource(source.Name, source.Problem ?? "it has no text"))
            .ToList();
        foreach (var source in unread)
            job.Log($"{source.Name} was not read: {source.Reason.TrimEnd('.')}.", LogSeverity.Warning);
        return unread.Count < sources.Count
            ? unread
            : throw new PermanentFailureException(
                "sources",
                $"None of the sources could be read. {unread[0].Name}: {unread[0].Reason.TrimEnd('.')}."
            );
    }

    /// <summary>Where claims conflict a person chooses, with the passages before them.</summary>
    private static async Task<IReadOnlyList<Resolution>> ResolveAsync(
        IReadOnlyList<Conflict> conflicts,
        IReadOnlyList<Claim> claims,
        IJobContext job
    )
    {
        var resolutions = new List<Resolution>();
        foreach (var conflict in conflicts)
        {
            var sides = conflict
                .Sides.DistinctBy(side => side.Claim)
                .Select(side => (Side: side, Claim: claims.First(claim => claim.Id == side.Claim)))
                .ToList();
            var outcome = await job.RequestApprovalAsync(
                new ApprovalRequest
                {
                    Title = conflict.Question,
                    Body =
                        "The sources disagree. Choose the one that the article follows, or answer in your own words; what the others say of it is left out.",
                    Content = string.Join(
                        "\n\n",
                        sides.Select(s =>
                            $"**{s.Side.Answer}** — {s.Claim.Source}\n\n> {s.Claim.Quote.ReplaceLineEndings(" ")}"
                        )
                    ),
                    Decisions = [ApprovalDecision.Choose, ApprovalDecision.Respond],
                    Options =
                    [
                        .. sides.Select(s => new ApprovalOption(
                            s.Claim.Id,
                            $"{s.Side.Answer} ({s.Claim.Source})",
                            s.Claim.Quote
                        )),
                    ],
                }
            );
            var said = outcome.Value?.GetString() ?? outcome.Comment ?? "";
            var chosen =
                outcome.Decision == ApprovalDecision.Choose ? sides.FirstOrDefault(s => s.Claim.Id == said).Side : null;
            resolutions.Add(
                new Resolution(
                    conflict.Question,
                    chosen?.Answer ?? said,
                    [.. sides.Select(s => s.Claim.Id).Where(id => id != chosen?.Claim)]
                )
            );
        }
        return resolutions;
    }

    private static async Task<IReadOnlyList<string>> WriteAsync(
        WritingDesk desk,
        Outline outline,
        Facts facts,
        IJobContext job
    )
    {
        var sections = new List<string>();
        for (var i = 0; i < outline.Sections.Count; i++)
        {
            await job.ReportProgressAsync(
                i + 1,
                outline.Sections.Count + 2,
                "write",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Research complete. Writing section {i + 1} of {outline.Sections.Count}"
                )
            );
            var text = await desk.SectionAsync(outline, i, sections, facts);
            await job.StashAsync(string.Create(CultureInfo.InvariantCulture, $"section-{i + 1}"), text);
            sections.Add(text);
        }
        return sections;
    }

    /// <summary>The article as made, or as a person edited it. A rejection ends the job.</summary>
    private static async Task<string> PublishAsync(
        ArticleInput input,
        string article,
        int done,
        int parts,
        IJobContext job
    )
    {
        if (input.Approval == ArticlesApproval.None)
            return article;
        await job.ReportProgressAsync(done, parts, "edit", "The article waits for approval");
        var outcome = await job.RequestApprovalAsync(
            new ApprovalRequest
            {
                Title = $"Publish the article about {input.Topic}",
                Body =
                    $"Approved or edited, it is written to `{input.Path}`. Rejected, the job ends and nothing is written.",
                Action = "publish",
                Content = article,
                Decisions = [ApprovalDecision.Approve, ApprovalDecision.Reject, ApprovalDecision.Edit],
                OnReject = ApprovalRejection.Cancel,
            }
        );
        return outcome.Approved
            ? outcome.TextOr(article)
            : throw new PermanentFailureException(
                "rejected",
                outcome.Comment ?? "The article was rejected without a reason."
            );
    }

    private static string Counted(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
