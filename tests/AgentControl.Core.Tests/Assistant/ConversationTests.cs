using System.Text.Json;
using AgentControl.Agents.Assistant;
using AgentControl.Core.LanguageModels;

namespace AgentControl.Core.Tests.Assistant;

public sealed class ConversationTests
{
    private const int Window = 4_000;
    private static readonly RoomRule _room = new();

    [Fact]
    public void Trim_ConversationWithRoom_LeavesItAlone()
    {
        var talk = Talk(results: 5, characters: 1_000);
        Assert.Equal(0, talk.Trim());
        Assert.All(talk.Messages.Where(m => m.Role == ModelRole.Tool), m => Assert.Equal(1_000, m.Text.Length));
    }

    [Fact]
    public void Trim_FullConversation_CutsOldResultsAndKeepsTheNewest()
    {
        var talk = Talk(results: 12, characters: 1_000);
        var before = talk.Size;

        Assert.Equal(12 - _room.KeepResults, talk.Trim());
        Assert.True(talk.Size < before);
        var results = talk.Messages.Where(m => m.Role == ModelRole.Tool).ToList();
        Assert.All(
            results.SkipLast(_room.KeepResults),
            m => Assert.Contains("it had 1000 characters", m.Text, StringComparison.Ordinal)
        );
        Assert.All(results.TakeLast(_room.KeepResults), m => Assert.Equal(1_000, m.Text.Length));
        Assert.All(results, m => Assert.NotNull(m.ToolCallId));
        // What was cut is not cut again.
        Assert.Equal(0, talk.Trim());
    }

    [Fact]
    public void Trim_LongArgumentsOfOldCalls_AreCutAndStayAnObject()
    {
        var talk = Talk(results: 10, characters: 10, argument: new string('é', 1_000));
        Assert.True(talk.Trim() > 0);
        var calls = talk.Messages.SelectMany(m => m.ToolCalls).ToList();
        Assert.Contains(
            "it had 1000 characters",
            calls[0].Arguments!.Value.GetProperty("text").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal("a.txt", calls[0].Arguments!.Value.GetProperty("path").GetString());
        Assert.Equal(1_000, calls[^1].Arguments!.Value.GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public void Trim_PairInTheMiddleOfTheCut_StaysText()
    {
        var talk = new Conversation(Definition(), "task");
        for (var i = 0; i < 12; i++)
            talk.Add(
                ModelMessage.ToolResult($"{i}", new string('x', 199) + string.Concat(Enumerable.Repeat("😀", 500)))
            );
        talk.Trim();
        Assert.Equal(
            talk.Messages[1].Text,
            System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(talk.Messages[1].Text))
        );
    }

    [Fact]
    public void ToSummarise_RoomBehindCutting_IsNothing()
    {
        var talk = Talk(results: 12, characters: 1_000);
        talk.Trim();
        Assert.Null(talk.ToSummarise());
    }

    [Fact]
    public void Summarise_FullConversation_KeepsTheNewestTurnsWhole()
    {
        var talk = Talk(results: 60, characters: 390);
        Assert.Equal(0, talk.Trim());
        var old = talk.ToSummarise();
        Assert.Contains("You called read_file {\"path\":\"a.txt\",\"text\":\"\"}", old, StringComparison.Ordinal);

        talk.Summarise("I read files.");
        Assert.Null(talk.ToSummarise());
        Assert.Equal(1 + 2 * _room.KeepTurns, talk.Messages.Count);
        Assert.StartsWith("task", talk.Messages[0].Text, StringComparison.Ordinal);
        Assert.EndsWith("I read files.", talk.Messages[0].Text, StringComparison.Ordinal);
        // Every result that is left stands behind its call.
        Assert.Equal(
            talk.Messages.SelectMany(m => m.ToolCalls).Select(c => c.Id),
            talk.Messages.Where(m => m.Role == ModelRole.Tool).Select(m => m.ToolCallId)
        );
    }

    [Fact]
    public void Summarise_Again_TakesTheFirstSummaryAlong()
    {
        var talk = Talk(results: 60, characters: 390);
        talk.Summarise("I read files.");
        Fill(talk, 60, 390, "");
        Assert.Contains("I read files.", talk.ToSummarise(), StringComparison.Ordinal);
        talk.Summarise("I read more files.");
        Assert.DoesNotContain("I read files.", talk.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_OfADefinition_FollowsItsContent()
    {
        AssistantDefinition Of(string instructions) =>
            AssistantDefinition.Of(new AssistantSettings("a") { Instructions = instructions }, [], null);
        Assert.Equal(Of("one").Version, Of("one").Version);
        Assert.NotEqual(Of("one").Version, Of("two").Version);
    }

    private static Conversation Talk(int results, int characters, string argument = "")
    {
        var talk = new Conversation(Definition(), "task");
        Fill(talk, results, characters, argument);
        return talk;
    }

    private static void Fill(Conversation talk, int results, int characters, string argument)
    {
        for (var i = 0; i < results; i++)
        {
            var call = new ModelToolCall(
                $"call-{i}",
                "read_file",
                JsonSerializer.SerializeToElement(new { path = "a.txt", text = argument })
            );
            talk.Add(new ModelMessage(ModelRole.Assistant, "") { ToolCalls = [call] });
            talk.Add(ModelMessage.ToolResult(call.Id, new string('x', characters)));
        }
    }

    private static AssistantDefinition Definition() =>
        AssistantDefinition.Of(new AssistantSettings("a") { ContextTokens = Window }, [], null);
}
