using System.Text;
using System.Text.Json;
using AgentControl.Core.Json;
using CsCheck;

namespace AgentControl.Core.Tests.Json;

public sealed class CanonicalJsonTests
{
    private sealed record Document(
        string Title,
        IReadOnlyList<int> Pages,
        DateTimeOffset At,
        DayOfWeek Day,
        string? Nothing
    );

    [Theory]
    [InlineData("""{"b":1,"a":{"d":[1,2],"c":null}}""", """{ "a": {"c":null, "d":[1, 2]}, "b":1 }""", true)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"a":null}""", """{}""", false)]
    [InlineData("""{"a":"1"}""", """{"a":1}""", false)]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""", false)]
    public void Order_and_blanks_do_not_matter_and_everything_else_does(string one, string other, bool equal) =>
        Assert.Equal(
            equal,
            CanonicalJson
                .Hash(JsonElement.Parse(one))
                .AsSpan()
                .SequenceEqual(CanonicalJson.Hash(JsonElement.Parse(other)))
        );

    [Fact]
    public void What_is_recorded_is_read_back_as_it_was() =>
        Gen.Select(Gen.String[Gen.Char, 0, 40], Gen.Int.Array[0, 5], Gen.DateTimeOffset, Gen.Enum<DayOfWeek>())
            .Sample(
                (title, pages, at, day) =>
                {
                    // Not every sequence of characters is text: what is not becomes the replacement character, once.
                    var document = new Document(
                        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(title)),
                        pages,
                        at,
                        day,
                        null
                    );
                    var bytes = JournalJson.Serialize(document);
                    var again = JournalJson.Deserialize<Document>(bytes)!;
                    return again.Title == document.Title
                        && again.Pages.SequenceEqual(document.Pages)
                        && again.At == document.At
                        && again.Day == document.Day
                        && JournalJson.Serialize(again).AsSpan().SequenceEqual(bytes);
                }
            );

    [Fact]
    public void Recorded_bytes_hold_no_character_that_a_text_column_refuses() =>
        Gen.String[Gen.Char, 0, 40].Sample(text => JournalJson.Serialize(text).All(b => b is >= 0x20 and < 0x7F));
}
