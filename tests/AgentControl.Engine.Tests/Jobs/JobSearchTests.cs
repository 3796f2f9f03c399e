using AgentControl.Core.Jobs;
using AgentControl.Engine.Jobs;
using CsCheck;

namespace AgentControl.Engine.Tests.Jobs;

public sealed class JobSearchTests
{
    [Fact]
    public void Parse_EachQualifier_SetsItsField()
    {
        var (filter, problems) = JobSearch.Parse(
            "agent:invoice state:failed label:timed_out owner:me queue:review tag:a tag:\"b c\" id:j_7Q older:2h error:503 cost:>1.5 workspace:legal Invoice batch"
        );

        Assert.Empty(problems);
        Assert.Equal("invoice", filter.Agent);
        Assert.Equal(["failed"], filter.States);
        Assert.Equal(["timed_out"], filter.Labels);
        Assert.Equal("Maria", filter.AskedBy("Maria").Owner);
        Assert.Equal("review", filter.Queue);
        Assert.Equal(["a", "b c"], filter.Tags);
        Assert.Equal("j_7Q", filter.IdPrefix);
        Assert.Equal(TimeSpan.FromHours(2), filter.OlderThan);
        Assert.Equal("503", filter.Error);
        Assert.Equal(1.5m, filter.CostOver);
        Assert.Equal("legal", filter.Workspace);
        Assert.Equal("Invoice batch", filter.Text);
    }

    [Theory]
    [InlineData("ended:2026-12-01T09:00:00Z/2026-12-01T10:00:00Z")]
    [InlineData("ended:/2026-12-01T10:00:00Z")]
    [InlineData("ended:2026-12-01T09:00:00Z/")]
    [InlineData("ids:j_1,j_2")]
    public void Parse_ASpanOrIds_ReadsBackTheSame(string line)
    {
        var (filter, problems) = JobSearch.Parse(line);

        Assert.Empty(problems);
        Assert.Equal(line, JobSearch.ToText(filter));
    }

    [Theory]
    [InlineData("state:done", "state")]
    [InlineData("state:3", "state")]
    [InlineData("label:done", "label")]
    [InlineData("older:2", "older")]
    [InlineData("older:-2h", "older")]
    [InlineData("older:99999999999d", "older")]
    [InlineData("cost:much", "cost")]
    [InlineData("ended:today", "ended")]
    [InlineData("ended:/", "ended")]
    [InlineData("ended:2026-12-01T09:00Z/soon", "ended")]
    [InlineData("ids:,", "ids")]
    [InlineData("batch:1", "batch")]
    public void Parse_WhatMakesNoSense_IsNamedAndLeftOut(string line, string qualifier)
    {
        var (filter, problems) = JobSearch.Parse(line);

        Assert.Contains(qualifier, Assert.Single(problems), StringComparison.Ordinal);
        Assert.Equal("", JobSearch.ToText(filter));
    }

    [Theory]
    [InlineData("name: with a colon")]
    [InlineData("http://erp")]
    [InlineData(":")]
    [InlineData("agent:")]
    [InlineData("\"agent:x\"")]
    public void Parse_WhatIsNoQualifier_IsText(string line) => Assert.NotNull(JobSearch.Parse(line).Filter.Text);

    [Fact]
    public void ToText_AnyFilter_ReadsBackTheSame()
    {
        var word = Gen.Char["abcXYZ019-_.é "]
            .Array[1, 12]
            .Select(c => new string(c).Trim())
            .Where(w => w.Length > 0 && !w.Contains("  ", StringComparison.Ordinal));
        var filters = Gen.Select(
            word.Null(),
            Gen.Int[0, 7].Select(i => (JobState)i).Array[0, 3],
            Gen.Int[0, 14].Select(i => JobLabel.All[i]).Array[0, 3],
            word.Array[0, 3],
            Gen.Int[1, 100_000],
            Gen.Decimal[0, 1_000].Select(d => Math.Round(d, 4)).Nullable(),
            Gen.Guid.Nullable(),
            word.Null(),
            (agent, states, labels, tags, seconds, cost, batch, text) =>
                new JobFilter
                {
                    Agent = agent,
                    States = [.. states.Select(s => s.Word())],
                    Labels = labels,
                    Tags = tags,
                    OlderThan = TimeSpan.FromSeconds(seconds),
                    CostOver = cost,
                    BatchId = batch,
                    Text = text,
                }
        );

        filters.Sample(filter =>
        {
            var line = JobSearch.ToText(filter);
            var (again, problems) = JobSearch.Parse(line);
            Assert.Empty(problems);
            Assert.Equal(line, JobSearch.ToText(again));
            Assert.Equal(
                (filter.Agent, filter.CostOver, filter.BatchId, filter.Text, filter.OlderThan),
                (again.Agent, again.CostOver, again.BatchId, again.Text, again.OlderThan)
            );
            Assert.Equal(
                filter.States.Concat(filter.Labels).Concat(filter.Tags),
                again.States.Concat(again.Labels).Concat(again.Tags)
            );
        });
    }
}
