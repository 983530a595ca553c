namespace Ashlar.Models.Tests.Tokenizers;

/// <summary>A whole tokenizer.json in a few lines, to be damaged.</summary>
internal static class SmallJson
{
    public const string Text =
        """
        {"version":"1.0","truncation":null,"padding":null,
        "added_tokens":[{"id":9,"content":"tok","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":false},
        {"id":10,"content":"<s>","single_word":false,"normalized":false,"special":true},
        {"id":11,"content":"Nrm","single_word":false,"normalized":true,"special":false}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"String":"~"},"content":"-"},{"type":"Lowercase"}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},
        {"type":"Split","pattern":{"Regex":"[xy]+"},"behavior":"Isolated","invert":false},
        {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
        "pair":[],"special_tokens":{"<s>":{"id":"<s>","ids":[10],"tokens":["<s>"]}}},
        "decoder":{"type":"ByteLevel"},
        "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,
        "byte_fallback":false,"ignore_merges":false,"vocab":{"a":0,"b":1,"c":2,"Ġ":3,"ab":4,"abc":5,"x":6,"1":7,"Ġa":8},
        "merges":["a b","ab c",["Ġ","a"]]}}
        """;
}
