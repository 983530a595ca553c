namespace Ashlar.Tiny.Tools;

/// <summary>A parameter of a tool.</summary>
/// <param name="Slot">What it is called in requests.</param>
/// <param name="Kind">The kind of its values.</param>
/// <param name="Names">The names that it may have: a model must read them from the tool.</param>
internal sealed record ToolParameter(string Slot, string Kind, params string[] Names);

/// <summary>A tool, under several names, with requests that ask for it.</summary>
/// <param name="Names">Names that it may have.</param>
/// <param name="Description">What it does.</param>
/// <param name="Parameters">What it takes.</param>
/// <param name="Trained">Requests that are trained on.</param>
/// <param name="HeldOut">Requests that are not.</param>
/// <param name="Result">What it gives back, a JSON object in which {number} is drawn.</param>
/// <param name="Reply">What is said of the result.</param>
internal sealed record ToolKind(
    string[] Names, string Description, ToolParameter[] Parameters, string[] Trained, string[] HeldOut, string Result, string Reply)
{
    /// <summary>All tools.</summary>
    public static IReadOnlyList<ToolKind> All { get; } =
    [
        new(
            ["get_weather", "weather", "check_weather"], "Get the weather in a city", [new("city", "city", "city", "place", "location")],
            ["What is the weather in {city}?", "How is the weather in {city}[| today]?", "[Is it warm|Does it rain] in {city}?", "Tell me the weather in {city}.", "Weather in {city}[, please|]?"],
            ["What is the weather like in {city}?", "Do I need a coat in {city}?"], """{"degrees": {number}}""", "It is {number} degrees in {city}."),
        new(
            ["set_timer", "start_timer", "timer"], "Start a timer", [new("minutes", "number", "minutes", "duration")],
            ["Set a timer for {minutes} minutes.", "Start a timer of {minutes} minutes.", "[Please wake|Wake] me in {minutes} minutes.", "Timer, {minutes} minutes.", "Can you [set|start] a timer for {minutes} minutes?"],
            ["I need a timer for {minutes} minutes.", "Tell me when {minutes} minutes are over."], """{"ok": true}""", "The timer is set to {minutes} minutes."),
        new(
            ["set_alarm", "add_alarm"], "Set an alarm", [new("time", "hour", "time", "at")],
            ["Set an alarm for {time}.", "Wake me [up |]at {time}.", "[I need an|Make an] alarm at {time}.", "Can you set an alarm for {time}?"],
            ["Please get me up at {time}.", "The alarm should ring at {time}."], """{"ok": true}""", "The alarm is set for {time}."),
        new(
            ["send_message", "write_message", "send_text"], "Send a message to a person", [new("person", "person", "to", "person", "name"), new("message", "message", "text", "message")],
            ["Send {person} a message: {message}.", "Write to {person}: {message}.", "Tell {person}: {message}.", "[Please send|Send] the message \"{message}\" to {person}."],
            ["Message {person} and say: {message}.", "Let {person} know: {message}."], """{"sent": true}""", "I sent your message to {person}."),
        new(
            ["switch_light", "set_light", "light"], "Switch the light in a room on or off", [new("room", "room", "room", "where"), new("state", "switch", "on", "state")],
            ["Turn {state} the light in the {room}.", "Switch the {room} light {state}.", "Light {state} in the {room}[, please|].", "[Can you turn|Please turn] the light in the {room} {state}?"],
            ["Switch {state} the light of the {room}.", "I want the {room} light {state}."], """{"ok": true}""", "The light in the {room} is {state}."),
        new(
            ["set_colour", "paint_light"], "Set the colour of the light in a room", [new("room", "room", "room", "where"), new("colour", "colour", "colour", "shade")],
            ["Make the light in the {room} {colour}.", "[Set|Turn] the {room} light to {colour}.", "I want {colour} light in the {room}.", "Some {colour} light in the {room}, please."],
            ["Change the light in the {room} to {colour}.", "Can the light in the {room} be {colour}?"], """{"ok": true}""", "The light in the {room} is {colour} now."),
        new(
            ["play_song", "play", "play_music"], "Play a song", [new("song", "song", "title", "song")],
            ["Play {song}.", "[Please play|Can you play] the song {song}[.|?]", "I want to hear {song}.", "Put on {song}.", "Start the song {song}."],
            ["Let me listen to {song}.", "Could you play {song} for me?"], """{"playing": true}""", "Now you hear {song}."),
        new(
            ["add_item", "add_to_list", "put_on_list"], "Add something to the shopping list", [new("thing", "thing", "item", "what")],
            ["Add {thing} to [the|my] [list|shopping list].", "Put {thing} on [the|my] list.", "We need {thing}. [Write it down.|Put it on the list.]", "I must buy {thing}. Add it to the list."],
            ["Write {thing} on my shopping list.", "My list is missing {thing}, please add it."], """{"items": {number}}""", "Your list has {number} things now."),
        new(
            ["translate", "translate_word"], "Translate a word", [new("word", "word", "word", "text"), new("language", "language", "language", "to")],
            ["Translate {word} [to|into] {language}.", "What is {word} in {language}?", "How do you say {word} in {language}?", "The word {word} in {language}[, please|]?"],
            ["Give me the {language} word for {word}.", "What is the word for {word} in {language}?"], """{"found": true}""", "I found {word} in {language}."),
        new(
            ["book_table", "reserve_table"], "Book a table at a restaurant", [new("people", "small", "people", "guests"), new("time", "hour", "time", "at")],
            ["Book a table for {people} [people |]at {time}.", "[Please reserve|Reserve] a table at {time} for {people} people.", "We are {people} and want to eat at {time}. Book a table.", "Get a table for {people} at {time}."],
            ["I need a table for {people} people at {time}.", "Can you book us a table at {time}? We are {people}."], """{"booked": true}""", "A table for {people} is booked at {time}."),
        new(
            ["find_train", "search_train", "trains"], "Find a train from one city to another", [new("from", "city", "from", "start"), new("to", "city", "to", "end")],
            ["Find a train from {from} to {to}.", "When does a train go from {from} to {to}?", "I want to go from {from} to {to}[| by train].", "Trains from {from} to {to}[, please|]?"],
            ["Which train goes from {from} to {to}?", "How do I get from {from} to {to} by train?"], """{"hour": {number}}""", "A train leaves {from} at {number}."),
        new(
            ["convert_money", "exchange"], "Convert money", [new("amount", "number", "amount", "sum"), new("a", "coin", "from", "source"), new("b", "coin", "to", "target")],
            ["Convert {amount} {a} to {b}.", "How many {b} are {amount} {a}?", "What are {amount} {a} in {b}?", "Change {amount} {a} into {b}."],
            ["I have {amount} {a}. How much is that in {b}?", "{amount} {a} in {b}, please."], """{"amount": {number}}""", "{amount} {a} are {number} {b}."),
        new(
            ["add_event", "make_event", "calendar_add"], "Put an event into the calendar", [new("day", "day", "day", "date"), new("time", "hour", "time", "at"), new("person", "person", "with", "person")],
            ["I meet {person} on {day} at {time}. [Put it into the calendar.|Write it down.]", "Add to [the|my] calendar: {person}, {day}, {time}.", "Plan a meeting with {person} on {day} at {time}."],
            ["Put {person} into my calendar for {day} at {time}.", "On {day} at {time} I see {person}, add that to the calendar."], """{"ok": true}""", "You meet {person} on {day} at {time}."),
        new(
            ["read_file", "open_file", "show_file"], "Read a file", [new("file", "file", "path", "file", "name")],
            ["Read {file}.", "[What is in|Open|Show me] the file {file}[.|?]", "Show me {file}.", "What does {file} say?"],
            ["What stands in {file}?", "Please open {file} for me."], """{"lines": {number}}""", "The file {file} has {number} lines."),
        new(
            ["search", "web_search", "look_up"], "Search for a subject", [new("subject", "subject", "query", "subject", "q")],
            ["Search for {subject}.", "Look up {subject}.", "Find [something|texts] about {subject}.", "[I want to|Let me] read about {subject}."],
            ["What can you find about {subject}?", "Please search for something on {subject}."], """{"pages": {number}}""", "I found {number} pages about {subject}."),
        new(
            ["roll_dice", "dice"], "Roll dice", [new("count", "small", "count", "dice")],
            ["Roll {count} dice.", "Throw {count} dice[, please|].", "Can you roll {count} dice?", "I need a roll of {count} dice."],
            ["Please throw {count} dice for me.", "Let us see what {count} dice say."], """{"sum": {number}}""", "The dice show {number}."),
        new(
            ["call_person", "phone", "make_call"], "Call a person by phone", [new("person", "person", "person", "name", "who")],
            ["Call {person}.", "[Please phone|Phone] {person}.", "I want to talk with {person}.", "Can you [call|ring] {person}?"],
            ["Get {person} on the phone.", "Give {person} a call."], """{"calling": true}""", "I am calling {person}."),
        new(
            ["get_time", "clock"], "Get the time in a city", [new("city", "city", "city", "place")],
            ["What time is it in {city}?", "How late is it in {city}?", "Tell me the time in {city}.", "The time in {city}[, please|]?"],
            ["What does the clock say in {city}?", "Is it late in {city}?"], """{"hour": {number}}""", "In {city} it is {number}."),
        new(
            ["set_heating", "heat", "set_temperature"], "Set how warm a room is", [new("room", "room", "room", "where"), new("degrees", "small", "degrees", "level")],
            ["Heat the {room} to {degrees} degrees.", "Set the {room} to {degrees} degrees.", "I want {degrees} degrees in the {room}.", "Make the {room} {degrees} degrees warm."],
            ["The {room} should have {degrees} degrees.", "Please make it {degrees} degrees in the {room}."], """{"ok": true}""", "The {room} will have {degrees} degrees."),
    ];
}
