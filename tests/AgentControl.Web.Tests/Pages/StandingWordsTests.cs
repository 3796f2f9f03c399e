using System.Globalization;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Standing;
using AgentControl.Web.Jobs.Detail;

namespace AgentControl.Web.Tests.Pages;

public sealed class StandingWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 14, 0, 0, TimeSpan.Zero);
    private static readonly QueueStanding Queue = new(
        "default",
        3,
        Now,
        4,
        4,
        1,
        true,
        false,
        null,
        null,
        false,
        null,
        null,
        null,
        null
    );
    private static readonly StandingWait Nothing = new(
        "signal",
        null,
        Now,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null
    );

    private static string[] Read(JobSummary job, JobStanding standing) =>
        [
            .. StandingWords
                .Of(job, standing)
                .Select(l =>
                    string.Concat(
                        l.Why.Parts.Select(p => p.At?.ToString("HH:mm", CultureInfo.InvariantCulture) ?? p.Text)
                    )
                ),
        ];

    private static string[] Queued(QueueStanding queue) => Read(JobWhyTests.Job("queued"), new() { Queue = queue });

    private static string Waits(string label, StandingWait wait) =>
        Assert.Single(Read(JobWhyTests.Job(label), new() { Waits = [wait], WaitCount = 1 }));

    [Fact]
    public void Of_Queued_SaysItsPlaceAndWhatIsBusy() =>
        Assert.Equal(["4th in default; the oldest there waits 14:00. 4 of 4 workers busy."], Queued(Queue));

    [Theory]
    [InlineData(1, "1st")]
    [InlineData(2, "2nd")]
    [InlineData(3, "3rd")]
    [InlineData(11, "11th")]
    [InlineData(112, "112th")]
    [InlineData(1021, "1,021st")]
    public void Ordinal_Reads(int number, string word) => Assert.Equal(word, StandingWords.Ordinal(number));

    [Fact]
    public void Of_QueuedWhereSomethingHoldsIt_SaysWhatFirst()
    {
        Assert.StartsWith(
            "Everything is held by Ana, for 14:00.",
            Queued(Queue with { Held = true, HeldBy = "Ana", HeldSince = Now })[0],
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Queue default is paused by Ben, for 14:00.",
            Queued(Queue with { Paused = true, ChangedBy = "Ben", ChangedAt = Now })[0],
            StringComparison.Ordinal
        );
        Assert.Equal("No worker serves queue default.", Queued(Queue with { Processes = 0 })[0]);
        Assert.Equal("Queue default has 0 workers in each process.", Queued(Queue with { Workers = 0 })[0]);
        Assert.Equal(
            "No worker of queue default serves agent contracts in version 1.",
            Queued(Queue with { ServesAgent = false })[0]
        );
        Assert.StartsWith(
            "Job j_9K runs under the same concurrency key, acme.",
            Queued(Queue with { KeyHolder = "j_9K", ConcurrencyKey = "acme" })[0],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Of_Waiting_SaysForWhatSinceWhenUntilWhenAndWho()
    {
        Assert.Equal(
            "\"Send\" waits 14:00 for finance-leads, until 16:00. 1 of 2 so far.",
            Waits(
                "needs_approval",
                Nothing with
                {
                    Kind = "approval",
                    Title = "Send",
                    Approvers = "finance-leads",
                    Votes = 1,
                    Required = 2,
                    Until = Now.AddHours(2),
                    ApprovalId = Guid.Empty,
                }
            )
        );
        Assert.Equal(
            "\"Send\" waits 14:00 for everyone with the Approver role. Ben asked for more first.",
            Waits(
                "needs_approval",
                Nothing with
                {
                    Kind = "approval",
                    Title = "Send",
                    InfoAskedBy = "Ben",
                    ApprovalId = Guid.Empty,
                }
            )
        );
        Assert.Equal("For the signal go, for 14:00.", Waits("waiting", Nothing with { Target = "go" }));
        Assert.Equal(
            "For a timer, until 16:00.",
            Waits("waiting", Nothing with { Kind = "timer", Until = Now.AddHours(2) })
        );
        Assert.Equal(
            "For its child jobs: 1 of 3 have ended, for 14:00.",
            Waits("waiting", Nothing with { Kind = "children", Ended = 1, Total = 3 })
        );
        Assert.Equal(
            "Service erp is not called, its circuit is open. It is tested 16:00: erp answered 503.",
            Waits(
                "waiting",
                Nothing with
                {
                    Kind = "service",
                    Target = "erp",
                    CircuitState = "open",
                    CircuitUntil = Now.AddHours(2),
                    Reason = "erp answered 503.",
                }
            )
        );
        Assert.Equal(
            "Service erp is blocked by Ana until 16:00: New keys.",
            Waits(
                "waiting",
                Nothing with
                {
                    Kind = "service",
                    Target = "erp",
                    CircuitState = "blocked",
                    CircuitUntil = Now.AddHours(2),
                    ChangedBy = "Ana",
                    Reason = "New keys",
                }
            )
        );
        Assert.Equal(
            "Tries match again 16:00, after 2 tries: erp 503.",
            Waits(
                "retrying",
                Nothing with
                {
                    Kind = "retry",
                    Title = "match",
                    Tries = 2,
                    Until = Now.AddHours(2),
                    Reason = "erp 503",
                }
            )
        );
    }

    [Fact]
    public void Of_OnlyAQuestionNeedsAPerson()
    {
        var lines = StandingWords.Of(
            JobWhyTests.Job("needs_approval"),
            new()
            {
                Waits =
                [
                    Nothing with
                    {
                        Kind = "approval",
                        Title = "Send",
                        ApprovalId = Guid.Empty,
                    },
                    Nothing with
                    {
                        Target = "go",
                    },
                ],
                WaitCount = 25,
            }
        );

        Assert.Equal([true, false, false], lines.Select(l => l.NeedsPerson));
        Assert.Equal("And 23 more like these.", string.Concat(lines[2].Why.Parts.Select(p => p.Text)));
    }
}
