using AgentControl.Core.Jobs;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Jobs.List;

namespace AgentControl.Web.Tests.Pages;

public sealed class JobWhyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 14, 0, 0, TimeSpan.Zero);

    internal static JobSummary Job(string label) =>
        new()
        {
            Id = Guid.Empty,
            ShortId = "j_1",
            Name = "batch",
            Agent = "contracts",
            AgentVersion = "1",
            State = "running",
            Label = label,
            Queue = "default",
            Tags = [],
            Workspace = "default",
            SubmittedBy = "Maria",
            SubmittedAt = Now,
            StartedAt = Now,
            TimeoutSeconds = 14_400,
            QueuedAt = Now,
            UpdatedAt = Now,
            Progress = new(null, null, null, null, null, null),
            Usage = new(0, 0, 0, 0, 0),
            Actions = [],
        };

    /// <summary>As it is read, with times as hours and minutes.</summary>
    private static string Read(JobSummary job) =>
        string.Concat(
            JobWhy
                .Of(job)
                .Parts.Select(p =>
                    p.At is { } at ? at.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture) : p.Text
                )
        );

    [Fact]
    public void Of_EveryLabel_SaysSomething()
    {
        foreach (var label in JobLabel.All)
            Assert.NotEmpty(Read(Job(label)));
    }

    [Fact]
    public void Of_QueuedWhereNoWorkerServes_SaysSo()
    {
        Assert.Equal("In default, waits 14:00", Read(Job("queued")));
        Assert.Equal("No worker serves queue default, waits 14:00", Read(Job("queued") with { IsUnserved = true }));
        Assert.Equal(
            "Behind j_9K, which has its concurrency key, waits 14:00",
            Read(Job("queued") with { KeyHolder = "j_9K" })
        );
    }

    [Fact]
    public void Of_WaitingForAPerson_SaysSinceWhenUntilWhenAndForWhat()
    {
        var job = Job("needs_approval") with
        {
            WaitingFor = new("approval", Now, Now.AddHours(2), Guid.Empty, null, null, "Send 214 invoices"),
        };

        Assert.Equal("Waiting 14:00, until 16:00: Send 214 invoices", Read(job));
    }

    [Fact]
    public void Of_Paused_NamesWhoWhenAndWhy()
    {
        var job = Job("paused") with
        {
            RequestedBy = "Maria",
            RequestReason = "wait for {0} new prices",
            PausedAt = Now,
        };

        Assert.Equal("By Maria 14:00: \"wait for {0} new prices\"", Read(job));
    }

    [Fact]
    public void Of_Failed_NamesTheStepInOneLine()
    {
        var job = Job("failed") with { Error = new JobFailure("stepFailed", "erp 503\nUnavailable", "match#1") };

        Assert.Equal("match#1: erp 503 Unavailable", Read(job));
    }

    [Fact]
    public void Of_Retrying_SaysWhenAndWhy()
    {
        var job = Job("retrying") with
        {
            WaitingFor = new("retry", Now, Now.AddMinutes(1), null, null, null, "erp 503"),
        };

        Assert.Equal("Tries again 14:01: erp 503", Read(job));
    }

    [Fact]
    public void Of_Running_CountsAndNamesTheStage()
    {
        var job = Job("running") with { Progress = new(134, 214, 62, "Match invoices", "page 12", 60) };

        Assert.Equal("134 of 214 · Match invoices · page 12", Read(job));
    }

    [Fact]
    public void Of_Rejected_GivesTheReason()
    {
        var job = Job("rejected") with
        {
            FinishedAt = Now,
            RequestedBy = "AgentControl",
            RequestReason = "Rejected by Ana: wrong customer",
        };

        Assert.Equal("Rejected by Ana: wrong customer, 14:00", Read(job));
    }
}
